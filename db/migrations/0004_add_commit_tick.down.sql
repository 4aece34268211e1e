drop function mm.commit_tick(
    text, bigint, bigint, bigint, bigint, uuid[], text[], text[], text[], boolean[], int[], bytea[],
    uuid[], int[], bigint[], int[], int[], text[], text[], bytea[]);
drop function mm.take_places(uuid[], boolean[], uuid[], int[], bigint[], int[]);
drop function mm.take_free_places(uuid[], boolean[], uuid[], int[], bigint[], int[]);
