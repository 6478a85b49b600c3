/*
 * hex: hexadecimal digits.
 */
#ifndef LIB_HEX_H
#define LIB_HEX_H

/* Returns the digit's value, in either case; -1 if it is no hex digit. */
int	hex_digit(char);

#endif
