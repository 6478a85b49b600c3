/*
 * content_field: the rows of the tables in content.c, for content_put.c.
 */
#ifndef APP_CALENDLY_CONTENT_FIELD_H
#define APP_CALENDLY_CONTENT_FIELD_H

enum form {
	TEXT,			/* text; a number becomes one */
	ANSWER,			/* any value, as text */
	LINK,			/* a URI with an id: see id.h */
	TIME,
	WHOLE,			/* whole number */
	TRUTH,
	OBJECT,
	LIST,			/* list of objects */
	HOST_LIST,		/* list of objects, each user once */
};

struct content_field {
	const char	*name;		/* our name of the member */
	const char	*path;		/* its path in Calendly's object */
	enum form	 form;
	const struct content_field *part;	/* table of OBJECT's
						 * or LIST's members */
};

#endif
