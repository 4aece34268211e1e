drop table mm.outbox;
drop table mm.match_ticket;
drop table mm.active_player;
drop table mm.match;
drop type mm.match_state;
