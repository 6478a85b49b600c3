/*
 * version: what "calendlyd -V" says and the User-Agent carries, and which
 * database this was built for.
 */
#ifndef APP_VERSION_H
#define APP_VERSION_H

#define CALENDLYD_VERSION	"0.1.0"

/* The newest migration that the statements need. */
#define SCHEMA_VERSION		24

#endif
