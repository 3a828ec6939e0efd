-- Requests number %(first)s to %(last)s, oldest first. volume_plan says where each one stands and on which path it came there.
INSERT INTO volume_plan
SELECT i, h, (h - 1) / 3000 + 1, (h - 1) / 120 + 1, (h - 1) / 60 + 1, kind.kind, kind.letters, kind.categories[mod(i, array_length(kind.categories, 1)) + 1],
    path.stages, path.stages[array_length(path.stages, 1)],
    moment, least(interval '4 hours', (%(now)s - moment) / (array_length(path.stages, 1) + 1)),
    concat(place.text, what.text, '，', wish.text, '。', needle.text),
    mod(i, 5) = 0 AND kind.kind = 'repair'
FROM (
    SELECT i, mod(i::bigint * 7919, %(households)s)::int + 1 AS h,
        %(since)s::timestamptz + (%(now)s - %(since)s::timestamptz) * (i::float8 / (%(requests)s + 1)) AS moment
    FROM generate_series(%(first)s, %(last)s) i
) AS each
JOIN volume_kind kind ON kind.n = mod(i * 13, 20)
JOIN volume_path path ON path.machine = kind.machine AND path.n = CASE
    WHEN i > %(requests)s * 0.97 AND mod(i, 5) < 3 THEN 100 + mod(i / 5, kind.open_paths)
    WHEN mod(i, 40) = 0 THEN 1
    WHEN mod(i, 60) = 1 AND kind.machine = 'request' THEN 2
    ELSE 0 END
JOIN volume_phrase place ON place.slot = 'where' AND place.n = mod(i * 5, %(where)s)
JOIN volume_phrase what ON what.slot = 'what' AND what.n = mod(i / 7, %(what)s)
JOIN volume_phrase wish ON wish.slot = 'wish' AND wish.n = mod(i / 11, %(wish)s)
CROSS JOIN LATERAL (
    SELECT string_agg(text, '' ORDER BY n) AS text FROM volume_needle
    WHERE (slot = 'tenth' AND mod(i, 10) = 3) OR (slot = 'hundredth' AND mod(i, 100) = 37)
        OR (slot = 'twenty' AND mod(i, greatest(%(requests)s / 20, 1)) = 7)
        OR (slot = 'long_ago' AND mod(i, 4) = 1 AND i <= %(requests)s * 0.2)
) AS needle;

ANALYZE volume_plan;

INSERT INTO interactions_interaction (id, project_id, building_id, entrance_id, unit_id, party_id, person_name, person_phone,
    channel, direction, text, answer, first_responder_id, entered_by_id, occurred_at, entered_at)
SELECT i, p, b, e, h, h * 2 - 1, party.name, '+8613' || lpad((h * 2 - 1)::text, 9, '0'),
    (ARRAY['phone', 'phone', 'counter', 'wechat'])[mod(i, 4) + 1], 'inbound', text, 'request',
    (p - 1) * 9 + 1, (p - 1) * 9 + 1, moment, moment
FROM volume_plan JOIN customers_party party ON party.id = h * 2 - 1;

INSERT INTO servicedesk_servicerequest (id, number, kind, channel, category_id, urgency, payer, project_id, building_id,
    entrance_id, unit_id, party_id, caller_name, caller_phone, text, state, owner_id, department_id, first_responder_id,
    registered_by_id, interaction_id, occurred_at, entered_at, needs_follow_up, process_version, touched_at)
SELECT i, concat('V', lpad(p::text, 4, '0'), '-', letters, to_char(moment AT TIME ZONE 'Asia/Shanghai', 'YY'), '-',
        lpad((coalesce(sequence.last, 0) + row_number() OVER series)::text, 6, '0')),
    plan.kind, (ARRAY['phone', 'phone', 'counter', 'wechat'])[mod(i, 4) + 1], category_id,
    (ARRAY['normal', 'normal', 'urgent', 'normal', 'minor'])[mod(i, 5) + 1], category.payer, p, b, e, h, h * 2 - 1, party.name,
    '+8613' || lpad((h * 2 - 1)::text, 9, '0'), text, state, (p - 1) * 9 + 3 + mod(i, 2),
    (SELECT department_id FROM volume_post WHERE n = 3), (p - 1) * 9 + 1, (p - 1) * 9 + 1, i, moment, moment,
    plan.kind NOT IN ('enquiry', 'suggestion', 'comment', 'praise'), %(process_version)s,
    moment + gap * (array_length(stages, 1) - 1)
FROM volume_plan plan
JOIN customers_party party ON party.id = h * 2 - 1
JOIN servicedesk_servicecategory category ON category.id = category_id
LEFT JOIN common_numbersequence sequence ON sequence.series
    = concat('V', lpad(p::text, 4, '0'), '-', letters, to_char(moment AT TIME ZONE 'Asia/Shanghai', 'YY'))
WINDOW series AS (PARTITION BY p, letters, to_char(moment AT TIME ZONE 'Asia/Shanghai', 'YY') ORDER BY i);

INSERT INTO common_numbersequence (series, last)
SELECT concat('V', lpad(p::text, 4, '0'), '-', letters, to_char(moment AT TIME ZONE 'Asia/Shanghai', 'YY')), count(*)
FROM volume_plan GROUP BY 1
ON CONFLICT (series) DO UPDATE SET last = common_numbersequence.last + excluded.last;

INSERT INTO servicedesk_stageentry (id, service_request_id, stage, entered_at, entered_by_id, left_at, left_by_id, evidence)
SELECT i * 10 + k, i, stages[k], moment + gap * (k - 1), (p - 1) * 9 + 1 + mod(k, 4),
    CASE WHEN k < length THEN moment + gap * k END, CASE WHEN k < length THEN (p - 1) * 9 + 1 + mod(k + 1, 4) END, '{}'
FROM volume_plan, LATERAL (SELECT array_length(stages, 1) AS length) AS many, generate_series(1, length) k;

-- What each stage had to produce before it was left.
INSERT INTO servicedesk_answer (service_request_id, stage_id, by_id, at, text)
SELECT i, i * 10 + k, (p - 1) * 9 + 3, moment + gap * k, %(answer)s
FROM volume_plan, LATERAL array_position(stages, 'in_progress') k WHERE k < array_length(stages, 1) AND stages[k + 1] = 'resolved';

INSERT INTO servicedesk_resultnotice (service_request_id, stage_id, by_id, at, channel, words)
SELECT i, i * 10 + k, (p - 1) * 9 + 3, moment + gap * k, 'phone', %(told)s
FROM volume_plan, LATERAL coalesce(array_position(stages, 'resolved'), array_position(stages, 'handling')) k
WHERE k < array_length(stages, 1) AND stages[k + 1] IN ('reported', 'feedback_given');

INSERT INTO servicedesk_followup (service_request_id, stage_id, by_id, at, reached, solved, score, comment)
SELECT i, i * 10 + k, (p - 1) * 9 + 1, moment + gap * k, true, true, 4 + mod(i, 2), %(comment)s
FROM volume_plan, LATERAL coalesce(array_position(stages, 'reported'), array_position(stages, 'following_up')) k
WHERE k < array_length(stages, 1) AND (kind NOT IN ('enquiry', 'suggestion', 'comment', 'praise'));

INSERT INTO servicedesk_closure (service_request_id, stage_id, by_id, at, ground)
SELECT i, i * 10 + k, (p - 1) * 9 + 1, moment + gap * k, CASE
    WHEN kind = 'complaint' THEN 'improved'
    WHEN kind IN ('enquiry', 'suggestion', 'comment', 'praise') THEN 'exempt' ELSE 'satisfied' END
FROM volume_plan, LATERAL coalesce(array_position(stages, 'improving'), array_position(stages, 'reported')) k
WHERE state = 'closed';

INSERT INTO servicedesk_cancellation (service_request_id, stage_id, by_id, at, asked_by, reason)
SELECT i, i * 10 + array_length(stages, 1) - 1, (p - 1) * 9 + 1, moment + gap, %(asked_by)s, %(cancel_reason)s
FROM volume_plan WHERE state = 'cancelled';

INSERT INTO servicedesk_rejection (service_request_id, stage_id, by_id, at, explanation)
SELECT i, i * 10 + array_length(stages, 1) - 1, (p - 1) * 9 + 1, moment + gap, %(explanation)s
FROM volume_plan WHERE state = 'rejected';

INSERT INTO servicedesk_withdrawal (service_request_id, stage_id, by_id, at, confirmed_with, reason)
SELECT i, i * 10 + array_length(stages, 1) - 1, (p - 1) * 9 + 1, moment + gap, %(asked_by)s, %(withdraw_reason)s
FROM volume_plan WHERE state = 'withdrawn';

INSERT INTO servicedesk_complaintdetails (service_request_id, severity, is_attributable, facts, cause_code, root_cause,
    no_improvement_reason)
SELECT i, CASE WHEN known THEN 'ordinary' ELSE '' END, CASE WHEN known THEN mod(i, 2) = 0 END,
    CASE WHEN known THEN %(facts)s ELSE '' END, CASE WHEN state = 'closed' THEN 'late_service' ELSE '' END,
    CASE WHEN state = 'closed' THEN %(root_cause)s ELSE '' END,
    CASE WHEN state = 'closed' THEN %(no_improvement)s ELSE '' END
FROM volume_plan, LATERAL (SELECT 'handling' = ANY (stages) AS known) AS facts WHERE kind = 'complaint';
