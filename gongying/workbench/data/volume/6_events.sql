-- %(events_each)s events a request: its steps first, then the touch, then calls. Verbs and subjects as the operations write them.
INSERT INTO events_event (id, verb, actor_id, at, recorded_at, project_id, building_id, entrance_id, details)
SELECT (i - 1) * %(events_each)s + j, verb.verb, (p - 1) * 9 + 1 + mod(j, 4), moment + gap * (j - 1) / 4,
    moment + gap * (j - 1) / 4, p, b, e,
    jsonb_build_object('number', 'V' || i, 'kind', kind, 'text', left(text, 60))
FROM volume_plan, generate_series(1, %(events_each)s) j JOIN volume_verb verb ON verb.n = least(j, 8);

INSERT INTO events_eventsubject (event_id, kind, object_id, at)
SELECT (i - 1) * %(events_each)s + j, subject.kind, subject.id, moment + gap * (j - 1) / 4
FROM volume_plan, generate_series(1, %(events_each)s) j,
    LATERAL (VALUES ('unit', h), ('customer', h * 2 - 1),
        (CASE WHEN j <= 6 THEN 'servicerequest' WHEN j = 7 THEN 'interaction' END, i)) AS subject (kind, id)
WHERE subject.kind IS NOT NULL;
