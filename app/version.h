/*
 * version: what "calendlyd -V" says and the User-Agent carries.
 */
#ifndef APP_VERSION_H
#define APP_VERSION_H

#define CALENDLYD_VERSION	"0.1.0"

#endif
