/*
 * accept: what a client would rather have (RFC 9110, 12.5.1).
 */
#ifndef LIB_ACCEPT_H
#define LIB_ACCEPT_H

/*
 * How much a client wants a media type ("text/html"), from 0 (not at all) to
 * 1000, by the value of its Accept header (NULL: it has none, and takes
 * anything).  What names the type most closely counts.  An element that makes
 * no sense is passed over; parameters other than "q" are not looked at.
 */
int	accept_weight(const char *accept, const char *type);

#endif
