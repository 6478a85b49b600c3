/*
 * content_field: the rows of content.c's tables, for content_put.c.
 */
#ifndef APP_CALENDLY_CONTENT_FIELD_H
#define APP_CALENDLY_CONTENT_FIELD_H

enum form {
	TEXT,			/* also a number, as text */
	ANSWER,			/* anything, as text */
	LINK,			/* a URI that names something */
	TIME,
	WHOLE,			/* number */
	TRUTH,
	OBJECT,
	LIST,			/* of objects */
	HOST_LIST,		/* of objects, each user once */
};

struct content_field {
	const char	*name;		/* ours */
	const char	*path;		/* Calendly's */
	enum form	 form;
	const struct content_field *part;	/* OBJECT, LIST */
};

#endif
