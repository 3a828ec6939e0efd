-- One household that has called ten thousand times: its page must cost what any other page costs.
INSERT INTO events_event (id, verb, actor_id, at, recorded_at, project_id, building_id, entrance_id, details)
SELECT %(events)s + n, 'customer.dialled', 1, moment, moment, 1, 1, 1, '{}'
FROM generate_series(1, %(long_history)s) n,
    LATERAL (SELECT %(since)s + (%(now)s - %(since)s) * (n::float8 / (%(long_history)s + 1)) AS moment) AS at;

INSERT INTO events_eventsubject (event_id, kind, object_id, at)
SELECT event.id, subject.kind, subject.id, event.at
FROM events_event event, (VALUES ('unit', 1), ('customer', 1)) AS subject (kind, id) WHERE event.id > %(events)s;
