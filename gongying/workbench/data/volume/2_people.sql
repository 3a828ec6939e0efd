-- Two people a household: 2h-1 owns, 2h is family. Everybody has a phone, two households in five a car.
INSERT INTO customers_party (id, kind, name, pinyin, initials, name_key, created_at)
SELECT number, 'person', name.name, name.pinyin, name.initials, name.name_key, %(since)s
FROM generate_series(1, %(households)s * 2) number JOIN volume_name name ON name.n = mod(number::bigint * 7919, %(names)s);

INSERT INTO customers_contactpoint (party_id, kind, value, is_dialable)
SELECT n, 'phone', '+8613' || lpad(n::text, 9, '0'), true FROM generate_series(1, %(households)s * 2) n;

INSERT INTO customers_occupancy (id, project_id, building_id, entrance_id, unit_id, kind, head_id, during)
SELECT id, project_id, building_id, entrance_id, id, 'owner_occupied', id * 2 - 1,
    daterange(%(since)s::date + mod(id, 300)::int, NULL)
FROM estates_unit;

INSERT INTO customers_partyrole (project_id, building_id, entrance_id, unit_id, occupancy_id, party_id, role, share, during)
SELECT project_id, building_id, entrance_id, id, id, id * 2 - 1, 'owner', 1, daterange(%(since)s::date, NULL)
FROM estates_unit
UNION ALL
SELECT project_id, building_id, entrance_id, id, id, id * 2, 'family', NULL,
    daterange(%(since)s::date + mod(id, 300)::int, NULL)
FROM estates_unit;

INSERT INTO customers_vehicle (project_id, building_id, entrance_id, unit_id, party_id, plate, during)
SELECT project_id, building_id, entrance_id, id, id * 2 - 1,
    %(province)s || 'A' || upper(lpad(to_hex(id), 5, '0')), daterange(%(since)s::date, NULL)
FROM estates_unit WHERE mod(id, 5) < 2;

INSERT INTO customers_balancesnapshot (project_id, building_id, entrance_id, unit_id, item, months, amount, as_of)
SELECT project_id, building_id, entrance_id, id, %(fee)s, 1 + mod(id, 6), 57.28 * (1 + mod(id, 6)), %(now)s::date - 1
FROM estates_unit WHERE mod(id, 12) = 0;
