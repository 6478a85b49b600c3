-- What Calendly was refused.  A delivery that was answered with an error is
-- sent again for a day, but only as long as its subscription exists: so a
-- subscription whose endpoint refused something lately must not be deleted.

-- When this endpoint last answered a delivery with an error (401, 503); to the
-- hour.
ALTER TABLE endpoints ADD COLUMN refused_at timestamptz;

-- When any endpoint last answered so because this database was away, which
-- could only be noted here once it was back.
ALTER TABLE deployment ADD COLUMN ingest_refused_at timestamptz;
