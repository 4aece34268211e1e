drop function mm.dead_sessions(text, uuid[], int[]);
drop function mm.release_players(uuid, int, text, int, bigint[]);
drop function mm.give_up_match(uuid, int, text);
drop function mm.end_match(uuid, int, text);
drop function mm.start_match(uuid, int, text);
drop function mm.claim_match(uuid, int, text, int);
