-- A work order for one repair in five: checked where the repair was resolved, taken where it is in progress.
INSERT INTO servicedesk_workorder (id, service_request_id, position, trade, task, state, doer_id, created_by_id, created_at)
SELECT i, i, 1, 'plumbing', %(task)s, path.stages[array_length(path.stages, 1)], (p - 1) * 9 + 6 + mod(i, 4), (p - 1) * 9 + 3, moment + gap
FROM volume_plan plan JOIN volume_path path ON path.machine = 'work_order'
    AND path.n = CASE WHEN plan.state = 'in_progress' THEN 100 ELSE 0 END
WHERE has_work AND 'in_progress' = ANY (plan.stages);

INSERT INTO servicedesk_workstage (id, work_order_id, stage, entered_at, entered_by_id, left_at, left_by_id, evidence)
SELECT i * 10 + k, i, path.stages[k], start + pace * (k - 1), doer_id,
    CASE WHEN k < length THEN start + pace * k END, CASE WHEN k < length THEN doer_id END, '{}'
FROM volume_plan plan
JOIN servicedesk_workorder work ON work.id = plan.i
JOIN volume_path path ON path.machine = 'work_order' AND path.n = CASE WHEN plan.state = 'in_progress' THEN 100 ELSE 0 END,
    LATERAL (SELECT array_length(path.stages, 1) AS length, plan.moment + plan.gap * 2 AS start, plan.gap / 8 AS pace) AS times,
    generate_series(1, length) k;

INSERT INTO servicedesk_workcompletion (work_order_id, stage_id, by_id, at, ticks, missing_reason, result, minutes, materials)
SELECT work.id, stage.id, work.doer_id, stage.left_at, '{}', %(task)s, %(answer)s, 20 + mod(work.id, 60), '[]'
FROM volume_plan plan JOIN servicedesk_workorder work ON work.id = plan.i
JOIN servicedesk_workstage stage ON stage.work_order_id = work.id AND stage.stage = 'on_site' AND stage.left_at IS NOT NULL;

INSERT INTO servicedesk_workcheck (work_order_id, stage_id, by_id, at, passed, method)
SELECT work.id, stage.id, work.created_by_id, stage.left_at, true, 'staff'
FROM volume_plan plan JOIN servicedesk_workorder work ON work.id = plan.i
JOIN servicedesk_workstage stage ON stage.work_order_id = work.id AND stage.stage = 'done' AND stage.left_at IS NOT NULL;
