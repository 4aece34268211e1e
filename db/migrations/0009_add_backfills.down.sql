drop function mm.commit_backfills(
    text, bigint, bigint, uuid[], int[], uuid[], int[], bigint[], int[],
    int[], text[], text[], bytea[]);
