-- Can the database be written to, by every sign that a statement can see?

-- Fails as a write would fail: on a standby, where transactions are read-only,
-- and where the disk has no room left, which a temporary file of half a
-- megabyte finds out.  Then something goes through the write-ahead log and,
-- when this commits, to the standbys that a commit waits for; no row is left.
CREATE FUNCTION database_probe() RETURNS void
LANGUAGE plpgsql VOLATILE
SET work_mem = '64kB'
AS $$
BEGIN
	IF pg_is_in_recovery()
	    OR current_setting('transaction_read_only')::boolean THEN
		RAISE read_only_sql_transaction
		    USING MESSAGE = 'the database takes no writes';
	END IF;
	PERFORM count(*) FROM generate_series(1, 16384);
	PERFORM pg_logical_emit_message(true, 'calendlyd', '');
END
$$;
REVOKE ALL ON FUNCTION database_probe() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION database_probe() TO calendlyd_runtime;
