-- A hub after years of work, for bench/console.py: what `:runs` runs of 60 connectors leave behind.
-- Connector 1 is there already, with its dossiers (bench/api_store.py).

INSERT INTO connectors (name, title, type, agency, mapping, precedence, fresh_within, cadence, state, managed_by, seen_at, next_fire_at)
SELECT 'he-thong-' || n, 'Hệ thống số ' || n, (ARRAY['rest', 'soap', 'push', 'files'])[1 + n % 4], 'H29.' || 1 + n % 200,
  'mot-cua/ho-so', 0, 3600, '{"every": "30m"}', 'active', 'hub', now() - n * interval '1 minute', now() + n * interval '1 minute'
FROM generate_series(2, 60) AS n;

INSERT INTO versions (kind, name, version, managed_by, text, author, reason, created_at)
SELECT 'connector', name, 1, 'hub',
  'name: ' || name || E'\ntitle: ' || title || E'\ntype: rest\nagency: ' || agency
  || E'\nmapping: mot-cua/ho-so\nschedule: {every: 30m}\nsettings: {url: https://he-thong.example.test/ho-so, records: items, key: id}\n',
  'quan-tri', 'đăng ký', now()
FROM connectors;

-- Every twentieth run failed, every fiftieth was interrupted; the newest few are under way or wait.
INSERT INTO runs (connector_id, kind, trigger, state, queued_at, fire_at, started_at, finished_at, pages, fetched, created, updated,
  unchanged, quarantined, attempts, error_code, sentence, hint, bytes, timings)
SELECT 1 + n % 60,
  CASE WHEN n % 500 = 0 THEN 'full' ELSE 'incremental' END,
  CASE WHEN n % 97 = 0 THEN 'hand' ELSE 'schedule' END,
  CASE WHEN n > :runs - 20 THEN 'queued' WHEN n > :runs - 30 THEN 'running' WHEN n % 50 = 0 THEN 'interrupted'
    WHEN n % 20 = 1 THEN 'failed' ELSE 'succeeded' END,
  at, at,
  CASE WHEN n <= :runs - 20 THEN at END,
  CASE WHEN n <= :runs - 30 THEN at + interval '9 seconds' END,
  2, 150 + n % 90, n % 9, n % 40, 100, n % 3,
  CASE WHEN n % 20 = 1 THEN '[{"at":"2026-01-01T00:00:00Z","code":"timeout","sentence":"no answer"}]' END,
  CASE WHEN n % 20 = 1 THEN 'timeout' END,
  CASE WHEN n % 20 = 1 THEN 'no answer within 30 s' END,
  CASE WHEN n % 20 = 1 THEN 'ask the department' END,
  40000 + n % 9000,
  '{"wait":0.1,"fetch":1.2,"decode":0.1,"map":0.2,"store":0.4}'
FROM (SELECT n, now() - (:runs - n) * interval '2 years' / :runs AS at FROM generate_series(1, :runs) AS n) AS each;

INSERT INTO run_hours (connector_id, hour, runs, failed, fetched, created, updated, quarantined, bytes, waited_ms, fetch_ms,
  decode_ms, map_ms, store_ms)
SELECT connector_id, date_trunc('hour', finished_at, 'UTC'), count(*), count(*) FILTER (WHERE state = 'failed'), sum(fetched),
  sum(created), sum(updated), sum(quarantined), sum(bytes), 100 * count(*), 1200 * count(*), 100 * count(*), 200 * count(*),
  400 * count(*)
FROM runs WHERE finished_at IS NOT NULL GROUP BY 1, 2;

INSERT INTO run_lines (run_id, at, level, event, data)
SELECT id, queued_at, 'info', 'page_stored', '{"page":1,"records":150}' FROM runs WHERE id > :runs - 50000;

INSERT INTO exchanges (run_id, at, took_ms, method, address, status, sent, received, bytes)
SELECT id, queued_at, 120, 'GET', 'https://he-thong.example.test/ho-so', 200, 'Accept: application/json',
  'Content-Type: application/json', 40000
FROM runs WHERE id > :runs - 50000;

INSERT INTO lapses (connector_id, since, until, because)
SELECT connector_id, queued_at, queued_at + interval '40 minutes', '{"code":"failed","sentence":"","hint":""}'
FROM runs WHERE state = 'failed' AND id % 3 = 0;

-- Each answer is `{}`, compressed.
INSERT INTO payloads (connector_id, digest, media_type, size, body, received_at)
SELECT 1 + n % 60, decode(md5(n::text), 'hex'), 'application/json', 2, decode('789cabae0500017500f9', 'hex'),
  now() - n * interval '1 minute'
FROM generate_series(1, 20000) AS n;

INSERT INTO quarantine (connector_id, key, digest, reasons, raw, payload_id, mapping, run_id, first_seen_at, last_seen_at)
SELECT 1 + n % 10, 'khoa-' || n, decode(md5(n::text), 'hex'),
  '[{"field":"status","source":"TinhTrang","value":"Đã chuyển","expected":"one of the table status","hint":"add it to the table"}]',
  decode('789cabae0500017500f9', 'hex'), payload.id, 'mot-cua/ho-so 1', :runs - 100,
  now() - n * interval '10 seconds', now() - n * interval '1 second'
FROM generate_series(1, 100000) AS n
JOIN (SELECT connector_id, min(id) AS id FROM payloads GROUP BY connector_id) AS payload ON payload.connector_id = 1 + n % 10;

INSERT INTO quarantine_groups (quarantine_id, code, connector_id)
SELECT id, substr(md5((id % 25)::text), 1, 8), connector_id FROM quarantine;

INSERT INTO acts (id, at, author, kind, name, act, before, after, reason, connector)
SELECT 1000000 + n, now() - n * interval '1 minute', 'can-bo-' || n % 30, (ARRAY['connector', 'mapping', 'client', 'person'])[1 + n % 4],
  'he-thong-' || n % 60, 'changed', E'schedule: 30m\nlimits: 1', E'schedule: 15m\nlimits: 2', 'theo yêu cầu', 'he-thong-' || n % 60
FROM generate_series(1, 200000) AS n;

INSERT INTO alerts (rule, connector, severity, state, data, opened_at, seen_at, over_at)
SELECT 'freshness', 'he-thong-' || n % 60, 'warning', CASE WHEN n > 19900 THEN 'open' ELSE 'over' END, '{}',
  now() - (20000 - n) * interval '30 minutes', now(), CASE WHEN n <= 19900 THEN now() END
FROM generate_series(1, 20000) AS n;

INSERT INTO reads (id, at, client, person, address, action, purpose, dossier_id, records, what, request, spool, line, seal)
SELECT n, now() - (500001 - n) * interval '1 minute', 'cong-dich-vu-cong', NULL, '192.0.2.1', 'one', 'tra cứu', 1 + n % 1000, 1, '{}',
  md5(n::text), 'spool', n, decode(repeat('00', 32), 'hex')
FROM generate_series(1, 500000) AS n;
UPDATE reads_head SET last = 500000, seal = decode(repeat('00', 32), 'hex');

INSERT INTO events (dossier_id, fingerprint, at, status, connector_id, key, recorded_at)
SELECT id, decode(md5(id || status), 'hex'), received_on, status, 1, code, now() FROM dossiers WHERE id <= 200000;

INSERT INTO revisions (dossier_id, connector_id, run_id, changes, at)
SELECT id, 1, :runs - 100, '{"status":["accepted","processing"]}', now() FROM dossiers WHERE id <= 200000;

-- What their source says of the dossiers that are looked at one by one (bench/console_pages.py).
UPDATE source_records SET values = dossiers.values FROM dossiers WHERE dossiers.id = source_records.dossier_id AND dossiers.id <= 50000;
