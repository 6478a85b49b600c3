/* doctor: what the files of "calendlyctl doctor" share. */
#ifndef APP_CTL_DOCTOR_H
#define APP_CTL_DOCTOR_H

#include <stdbool.h>

#include "app/domain/status.h"
#include "app/repo/tenant.h"

struct ctl;

enum { DOCTOR_CHECKS = 64 };

struct doctor_check {
	const char		*name;
	enum check_result	 result;
	const char		*detail;
};

struct doctor {
	struct ctl		*c;
	struct doctor_check	 check[DOCTOR_CHECKS];
	int			 n;
	bool			 failed;
	struct deployment	 deployment;
	bool			 migrated;
};

/* Prints the result of one check.  A CHECK_FAIL makes the doctor fail. */
void	doctor_note(struct doctor *, const char *name, enum check_result,
	    const char *detail, ...)
	    __attribute__((__format__(__printf__, 4, 5)));

/* doctor_books.c: checks that every webhook is there and applied in time. */
void	doctor_check_books(struct doctor *);

#endif
