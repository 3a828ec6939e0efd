-- 3,000 households a project: 25 buildings of two entrances, 20 floors, three doors. All ids follow from the household's number.
INSERT INTO estates_project (id, code, name, kind, settings)
SELECT p, 'V' || lpad(p::text, 4, '0'), %(project_name)s || lpad(p::text, 4, '0'), 'residential', '{}'
FROM generate_series(1, %(projects)s) p;

INSERT INTO estates_building (id, project_id, number, sort_key)
SELECT (p - 1) * 25 + b, p, b::text, lpad(b::text, 6, '0')
FROM generate_series(1, %(projects)s) p, generate_series(1, 25) b;

INSERT INTO estates_entrance (id, building_id, number, sort_key)
SELECT (b - 1) * 2 + e, b, e::text, lpad(e::text, 6, '0')
FROM generate_series(1, %(projects)s * 25) b, generate_series(1, 2) e;

INSERT INTO estates_unit (id, project_id, building_id, entrance_id, unit_no, code, digits, sort_key, use, state,
    gross_area_m2, chargeable_area_m2, area_source)
SELECT h, p, b, e, door, concat_ws('-', bn, en, door), concat(bn, en, door),
    concat_ws('-', lpad(bn::text, 6, '0'), lpad(en::text, 6, '0'), lpad(door, 6, '0')),
    'residence', 'handed_over', area, area, 'register'
FROM (
    SELECT h, (h - 1) / 3000 + 1 AS p, (h - 1) / 120 + 1 AS b, (h - 1) / 60 + 1 AS e,
        mod((h - 1) / 120, 25) + 1 AS bn, mod((h - 1) / 60, 2) + 1 AS en,
        (mod((h - 1) / 3, 20) + 1)::text || '0' || (mod(h - 1, 3) + 1)::text AS door,
        60 + mod(h * 37, 9000) / 100.0 AS area
    FROM generate_series(1, %(households)s) h
) AS place;

INSERT INTO organization_territory (id, name)
SELECT p, %(territory_name)s || lpad(p::text, 4, '0') FROM generate_series(1, %(projects)s) p;

INSERT INTO estates_territoryscope (territory_id, project_id, during)
SELECT p, p, daterange(%(since)s::date, NULL) FROM generate_series(1, %(projects)s) p;

-- Nine people a project; volume_post says who does what.
INSERT INTO accounts_user (id, username, name, password, is_active, date_joined, language)
SELECT (p - 1) * 9 + post.n, concat('v', lpad(p::text, 4, '0'), '-', post.key, post.n), concat(post.label, p, '-', post.n), '!', true,
    %(since)s, 'zh-hans'
FROM generate_series(1, %(projects)s) p, volume_post post;

INSERT INTO organization_staffmember (id, user_id, department_id, hired_on, skills)
SELECT (p - 1) * 9 + post.n, (p - 1) * 9 + post.n, post.department_id, %(since)s::date, post.skills
FROM generate_series(1, %(projects)s) p, volume_post post;

INSERT INTO organization_staffmember_roles (staffmember_id, role_id)
SELECT (p - 1) * 9 + post.n, post.role_id FROM generate_series(1, %(projects)s) p, volume_post post;

INSERT INTO organization_territoryassignment (staff_id, territory_id, during, rights)
SELECT (p - 1) * 9 + n, p, daterange(%(since)s::date, NULL), '{view_files,take_orders}'
FROM generate_series(1, %(projects)s) p, generate_series(1, 9) n;
