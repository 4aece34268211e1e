drop function mm.commit_backfills(
    text, bigint, uuid[], int[], uuid[], int[], bigint[], int[], int[], text[], text[], bytea[]);
