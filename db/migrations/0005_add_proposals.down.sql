drop function mm.replace_ticket(
    text, bigint, bigint, uuid, uuid, uuid, bigint[], text[], text[], bytea[]);
drop function mm.close_matches(text, bigint, uuid[], int[], text[], text[], bytea[]);
drop function mm.accept_matches(
    text, bigint, uuid[], int, bytea[], int[], text[], text[], bytea[]);
drop function mm.put_out(bigint, uuid[], uuid[], int[], text[], text[], bytea[]);
drop function mm.free_places(uuid, boolean);
