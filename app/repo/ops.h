/*
 * ops: what operators read and change, over all tenants.
 *
 * Runs as the owner of the tables (DATABASE_ADMIN_URL), which needs no tenant's
 * transaction.  Where a tenant is named it is by its name, and NULL means all
 * tenants.
 */
#ifndef APP_REPO_OPS_H
#define APP_REPO_OPS_H

#include <stdbool.h>
#include <stdint.h>

#include "app/domain/status.h"
#include "lib/buf.h"
#include "lib/err.h"

struct arena;
struct db;

struct ops_tenant {
	const char	*name;
	const char	*frontend_url;	/* NULL: the deployment's */
	const char	*const *origins;
	int64_t		 keys;		/* keys that are not revoked */
	int64_t		 connections;	/* connected or needs_reauth */
	const char	*created_at;
};

struct ops_key {
	const char	*id;
	const char	*tenant;
	bool		 allow_token;
	const char	*created_at;
	const char	*revoked_at;
};

struct ops_connection {
	const char	*tenant;
	const char	*user_id;
	enum connection_status status;
	enum connection_reason reason;
	enum capability capability;
	const char	*email;		/* at Calendly */
	enum subscription_state webhook_state;	/* of the current subscription;
						 * 0: there is none */
	const char	*updated_at;
};

struct ops_job {
	const char	*id;
	const char	*tenant;
	const char	*kind;		/* also of a kind that is JOB_UNKNOWN */
	const char	*subject;
	enum job_state state;
	int64_t		 tries;
	const char	*next_run_at;
	const char	*error;
};

/* A call to Calendly that failed. */
struct ops_call {
	const char	*at;
	const char	*tenant;
	const char	*user_id;	/* NULL: erased, or not known then */
	const char	*purpose;
	const char	*method;
	const char	*path;
	const char	*status;	/* decimal; NULL: no answer */
	const char	*error;
	const char	*request_id;
	const char	*session_id;	/* made for this one; NULL: for none */
};

/* A teardown that cannot end yet. */
struct ops_trouble {
	const char	*grant_id;
	const char	*tenant;
	const char	*user_id;	/* NULL: the grant never had one */
	enum grant_trouble trouble;
	const char	*user_uri;	/* at Calendly; NULL: not known */
	const char	*until;		/* when the secrets are erased */
};

/* What a user who is erased has left behind at Calendly. */
struct ops_left {
	const char	*at;
	const char	*tenant;
	const char	*what;		/* a subscription's URI or callback
					 * URL, or "an authorization" */
};

/* CAL_CONFLICT: a tenant of this name exists. */
enum cal_err	ops_tenant_add(struct db *, struct arena *, const char *name,
		    const char *frontend_url, const char **id) ERR_CHECK;
enum cal_err	ops_tenant_find(struct db *, struct arena *, const char *name,
		    const char **id) ERR_CHECK;
enum cal_err	ops_tenant_list(struct db *, struct arena *, const char *name,
		    struct ops_tenant **, int *n) ERR_CHECK;
/* Sets the tenant's frontend URL; "" removes it. */
enum cal_err	ops_tenant_set_frontend(struct db *, struct arena *,
		    const char *id, const char *url) ERR_CHECK;
/* Both give the number of origins that they changed. */
enum cal_err	ops_origins_add(struct db *, struct arena *,
		    const char *tenant_id, const char *const *, int *n)
		    ERR_CHECK;
enum cal_err	ops_origins_drop(struct db *, struct arena *,
		    const char *tenant_id, const char *const *, int *n)
		    ERR_CHECK;

enum cal_err	ops_key_add(struct db *, struct arena *,
		    const char *tenant_id, struct bytes hash, bool allow_token,
		    const char **id) ERR_CHECK;
enum cal_err	ops_key_list(struct db *, struct arena *, const char *tenant,
		    struct ops_key **, int *n) ERR_CHECK;
enum cal_err	ops_key_revoke(struct db *, struct arena *, const char *id,
		    const char **tenant_id) ERR_CHECK;

enum cal_err	ops_connection_list(struct db *, struct arena *,
		    const char *tenant, enum connection_status, int limit,
		    struct ops_connection **, int *n) ERR_CHECK;
enum cal_err	ops_job_list(struct db *, struct arena *, const char *tenant,
		    bool parked, int limit, struct ops_job **, int *n)
		    ERR_CHECK;
/* Makes the job due now, with no tries counted. */
enum cal_err	ops_job_retry(struct db *, struct arena *, const char *id,
		    const char **tenant_id) ERR_CHECK;
/* Newest first. */
enum cal_err	ops_call_list(struct db *, struct arena *, const char *tenant,
		    int limit, struct ops_call **, int *n) ERR_CHECK;
/* Lists teardowns that cannot end, the one with the nearest deadline first. */
enum cal_err	ops_trouble_list(struct db *, struct arena *,
		    const char *tenant, int limit, struct ops_trouble **,
		    int *n) ERR_CHECK;
/* Newest first. */
enum cal_err	ops_left_list(struct db *, struct arena *,
		    const char *tenant, int days, int limit,
		    struct ops_left **, int *n) ERR_CHECK;

#endif
