-- What each request was promised, as if the clocks had been swept all the time: first response, resolution, follow-up.
-- The spans are those of calendar time; what is measured here is how many clocks there are, not when they fall due.
INSERT INTO servicedesk_serviceclock (service_request_id, metric, round, policy_id, ladder_id, started_at, due_at, soon_at, steps_at,
    next_step_at, level, assumes_weekends, met_at, breached_at, ended_at, ended_because)
SELECT i, promise.metric, 1, policy.policy_id, policy.ladder_id, began, began + span, began + span * 0.8, steps.at,
    CASE WHEN promise.met_at IS NULL AND plan.state = ANY (%(open_states)s) THEN steps.next_at END, steps.level, false, promise.met_at,
    CASE WHEN coalesce(promise.met_at, stopped, %(now)s) > began + span THEN began + span END,
    CASE WHEN promise.met_at IS NULL THEN stopped END,
    CASE WHEN promise.met_at IS NULL AND stopped IS NOT NULL THEN 'not_needed' ELSE '' END
FROM volume_plan plan
JOIN servicedesk_servicerequest request ON request.id = plan.i
JOIN volume_policy policy ON policy.kind = plan.kind AND policy.urgency = request.urgency
CROSS JOIN LATERAL (
    SELECT CASE WHEN plan.state <> ALL (%(open_states)s) THEN moment + gap * (array_length(stages, 1) - 1) END AS stopped,
        coalesce(array_position(stages, 'resolved'), array_position(stages, 'feedback_given')) AS done,
        coalesce(array_position(stages, 'reported'), array_position(stages, 'feedback_given')) AS told
) AS way
CROSS JOIN LATERAL (
    VALUES ('first_response', moment, interval '2 hours',
            CASE WHEN stages[2] NOT IN ('cancelled', 'withdrawn') THEN moment + gap END, true),
        ('resolution', moment, interval '3 days', moment + gap * (done - 1), true),
        ('follow_up', moment + gap * (told - 1), interval '7 days',
            CASE WHEN told < array_length(stages, 1) THEN moment + gap * told END, told IS NOT NULL AND request.needs_follow_up)
) AS promise (metric, began, span, met_at, is_made)
CROSS JOIN LATERAL (
    SELECT array_agg(began + span * percent / 100 ORDER BY percent) AS at,
        coalesce(max(percent) FILTER (WHERE began + span * percent / 100 <= coalesce(promise.met_at, stopped, %(now)s)), 0) AS level,
        min(began + span * percent / 100) FILTER (WHERE began + span * percent / 100 > %(now)s) AS next_at
    FROM unnest(policy.percents) AS percent
) AS steps
WHERE promise.is_made AND promise.metric = ANY (policy.metrics);

UPDATE servicedesk_servicerequest request
SET next_due_metric = clock.metric, next_due_at = clock.due_at, next_due_soon_at = clock.soon_at
FROM (
    SELECT DISTINCT ON (service_request_id) service_request_id, metric, due_at, soon_at FROM servicedesk_serviceclock
    WHERE met_at IS NULL AND ended_at IS NULL AND service_request_id BETWEEN %(first)s AND %(last)s
    ORDER BY service_request_id, due_at
) AS clock
WHERE request.id = clock.service_request_id;
