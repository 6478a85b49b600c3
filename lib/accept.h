/*
 * accept: what a client would rather have (RFC 9110, 12.5.1).
 */
#ifndef LIB_ACCEPT_H
#define LIB_ACCEPT_H

/*
 * Returns how much a client prefers a media type ("text/html"), from 0 (it
 * refuses it) to 1000.  "accept" is the value of the request's Accept header;
 * NULL means that there is no such header and that the client takes anything.
 * If several elements of the header match the type, the most specific one
 * decides.  A malformed element is skipped, and parameters other than "q" are
 * ignored.
 */
int	accept_weight(const char *accept, const char *type);

#endif
