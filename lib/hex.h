/*
 * hex: hexadecimal digits.
 */
#ifndef LIB_HEX_H
#define LIB_HEX_H

/* Its value, in either case; -1 if it is none. */
int	hex_digit(char);

#endif
