drop function mm.fail_matches(
    text, bigint, uuid[], int[], int[], text[], text[], bytea[]);
drop function mm.next_attempt(
    text, bigint, uuid, int, int, bytea, text[], text[], bytea[]);
drop function mm.silent_matches(text, text[]);
drop function mm.due_matches(text, int);
