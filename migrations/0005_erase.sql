-- Erasing a user to the end: what no tenant's own statement may touch.

GRANT CREATE ON SCHEMA public TO calendlyd_definer;

CREATE INDEX audit_by_subject ON audit (tenant_id, subject);
CREATE INDEX grants_by_account ON grants (account_id);

-- The connection of the transaction's tenant goes, and with it its grants and
-- subscriptions.  The audit keeps that something was done, not to whom; the
-- Calendly account is forgotten unless another grant, of any tenant, has it.
CREATE FUNCTION connection_forget(p_connection uuid) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	used bigint[];
	who text;
BEGIN
	SELECT array_agg(DISTINCT g.account_id) INTO used
	  FROM grants g
	 WHERE g.connection_id = p_connection
	   AND g.tenant_id = current_tenant();
	DELETE FROM connections c
	 WHERE c.id = p_connection
	   AND c.tenant_id = current_tenant()
	RETURNING c.user_id INTO who;
	UPDATE audit
	   SET subject = NULL
	 WHERE tenant_id = current_tenant()
	   AND subject = who;
	PERFORM FROM accounts a
	  WHERE a.id = ANY (used)
	  ORDER BY a.id
	    FOR UPDATE;
	DELETE FROM accounts a
	 WHERE a.id = ANY (used)
	   AND NOT EXISTS (SELECT FROM grants g WHERE g.account_id = a.id);
END
$$;
SELECT look_across('connection_forget(uuid)');

REVOKE CREATE ON SCHEMA public FROM calendlyd_definer;
