-- The budget: how many calls a minute Calendly allows for one of its users.
--
-- Every host counts a call in the account's row before it is made.  Calendly's
-- minute is a window that begins with a call and ends when Calendly says; ours
-- begins with a call, too, and the answers move its end to Calendly's.  A call
-- that was counted stays counted, whatever became of it.
--
-- All that are definers are definers for the same reason: no tenant may read
-- accounts, and Calendly's limit holds for all tenants together.

-- Returns the limit of an account.  As long as Calendly has not told it, it is
-- taken to be that of the Free plan.
CREATE OR REPLACE FUNCTION budget_limit(a accounts) RETURNS integer
LANGUAGE sql IMMUTABLE
AS $$
	SELECT coalesce(a.calls_limit, 50)
$$;
REVOKE ALL ON FUNCTION budget_limit FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION budget_limit TO calendlyd_definer;

-- Returns whether the account's window is over, so that the next call begins
-- another.
CREATE OR REPLACE FUNCTION budget_is_over(a accounts) RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(a.window_until <= now(), true)
$$;
REVOKE ALL ON FUNCTION budget_is_over FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION budget_is_over TO calendlyd_definer;

-- Returns whether no call is left in an account's window.  Background work
-- leaves a tenth of the limit to others.  A limit that is only supposed stops
-- background work alone.
CREATE OR REPLACE FUNCTION budget_is_used(a accounts, p_background boolean)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT NOT budget_is_over(a)
	   AND CASE WHEN p_background
		THEN a.calls_left <= least((budget_limit(a) + 9) / 10,
			budget_limit(a) - 1)
		ELSE a.calls_left <= 0 AND a.calls_limit IS NOT NULL END
$$;
REVOKE ALL ON FUNCTION budget_is_used FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION budget_is_used TO calendlyd_definer;

-- Returns in how many milliseconds a call for this account may be made; 0: now.
CREATE OR REPLACE FUNCTION budget_pause(a accounts, p_background boolean)
RETURNS bigint
LANGUAGE sql STABLE
AS $$
	SELECT greatest(0, ceil(extract(epoch FROM greatest(a.limited_until,
		CASE WHEN budget_is_used(a, p_background)
		THEN a.window_until END) - now()) * 1000))::bigint
$$;
REVOKE ALL ON FUNCTION budget_pause FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION budget_pause TO calendlyd_definer;

-- Returns the account whose budget a call uses: that of the grant, or, if none
-- is given, of the connection's grant.
CREATE OR REPLACE FUNCTION budget_account(p_connection uuid, p_grant uuid)
RETURNS bigint
LANGUAGE sql STABLE
AS $$
	SELECT g.account_id
	  FROM grants g
	 WHERE g.id = coalesce(p_grant, (SELECT c.grant_id
		FROM connections c WHERE c.id = p_connection))
$$;
REVOKE ALL ON FUNCTION budget_account FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION budget_account TO calendlyd_definer;

-- Takes a call from the budget, and begins a new window if the last one is
-- over.  Returns the account and the window that the call is counted in, or in
-- how many milliseconds to ask again.  All three are NULL if the account is not
-- known; such a call is not counted.
--
-- A call is sent within ten seconds after it was taken, or never.  So a new
-- window ends no earlier than Calendly's, until an answer says when that is.
CREATE OR REPLACE FUNCTION budget_take(p_connection uuid, p_grant uuid,
	p_background boolean,
	OUT account_id bigint, OUT window_number bigint, OUT wait_ms bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
AS $$
DECLARE
	account CONSTANT bigint := budget_account(p_connection, p_grant);
BEGIN
	UPDATE accounts a
	   SET window_number = a.window_number + budget_is_over(a)::integer,
	       window_until = CASE WHEN budget_is_over(a)
		THEN now() + interval '70 s' ELSE a.window_until END,
	       calls_left = CASE WHEN budget_is_over(a)
		THEN budget_limit(a) ELSE a.calls_left END - 1
	 WHERE a.id = account
	   AND budget_pause(a, p_background) = 0
	RETURNING a.id, a.window_number INTO account_id, window_number;
	-- A moment ago there was none, so it waits, however short.
	IF NOT FOUND THEN
		SELECT greatest(1, budget_pause(a, p_background)) INTO wait_ms
		  FROM accounts a
		 WHERE a.id = account;
	END IF;
END
$$;
ALTER FUNCTION budget_take OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION budget_take FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION budget_take TO calendlyd_runtime;

-- Returns in how many milliseconds a call may be made, without taking one; 0:
-- now, or the account is not known.
CREATE OR REPLACE FUNCTION budget_wait(p_connection uuid, p_grant uuid,
	p_background boolean)
RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
	RETURN (SELECT coalesce(max(budget_pause(a, p_background)), 0)
		  FROM accounts a
		 WHERE a.id = budget_account(p_connection, p_grant));
END
$$;
ALTER FUNCTION budget_wait OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION budget_wait FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION budget_wait TO calendlyd_runtime;

-- Notes what Calendly's headers say after a call that was counted in this
-- window.  NULL: they do not say it.  A pause is for all calls of the account.
--
-- What is left is never raised, but with the limit: others' calls that Calendly
-- has not counted yet are not given back.  The window's end is never put off,
-- but by a pause: Calendly has been seen to say 60 seconds whatever was left.
-- Most answers say nothing new, and then nothing is written.
CREATE OR REPLACE FUNCTION budget_said(p_account bigint, p_window bigint,
	p_limit integer, p_left integer, p_reset integer, p_pause integer)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
AS $$
DECLARE
	reset_at CONSTANT timestamptz := now() + make_interval(secs => p_reset);
	pause_to CONSTANT timestamptz := CASE WHEN p_pause > 0
		THEN now() + make_interval(secs => p_pause) END;
BEGIN
	UPDATE accounts a
	   SET calls_limit = coalesce(p_limit, a.calls_limit),
	       calls_left = least(
		a.calls_left + coalesce(p_limit - budget_limit(a), 0),
		CASE WHEN a.window_number = p_window THEN p_left END),
	       window_until = CASE WHEN a.window_number = p_window
		THEN coalesce(pause_to, least(a.window_until, reset_at))
		ELSE a.window_until END,
	       limited_until = greatest(a.limited_until, pause_to)
	 WHERE a.id = p_account
	   AND (pause_to IS NOT NULL
		OR p_limit <> coalesce(a.calls_limit, 0)
		OR (a.window_number = p_window
		    AND (p_left < a.calls_left
			OR reset_at < a.window_until - interval '1 s')));
END
$$;
ALTER FUNCTION budget_said OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION budget_said FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION budget_said TO calendlyd_runtime;
