drop function mm.session_of(uuid, bigint);
drop function mm.active_players(bigint[]);
drop function mm.open_matches(text);
drop function mm.matches_since(text, timestamptz);
drop function mm.tickets_since(timestamptz);
drop function mm.ticket_matches(uuid[]);
drop function mm.match_states(uuid[]);
