-- Roles of Muster, and what they may do with this database as a whole. Run once for each database
-- by an administrator (superuser, or CREATEROLE and owner of the database); repeating it is
-- harmless. Nobody can log in as these roles: people and daemons have logins of their own that
-- are members, so that a password is changed or a login taken away without touching a grant.
--
--   create role matchmakerd login password '…' in role mm;
--
-- muster_owner   owns schemas, tables and functions; whoever migrates is a member
-- mm             the matchmaker: executes its functions, and nothing else
-- lobby_rw       the lobby service
-- world_result   game servers: claim a match, and say how it goes
select format('create role %I nologin', name)
from unnest(array['muster_owner', 'mm', 'lobby_rw', 'world_result']) as wanted (name)
where not exists (select from pg_roles where rolname = name)
\gexec

select format('revoke all on database %I from public', current_database())
\gexec
select format('grant connect on database %I to mm, lobby_rw, world_result', current_database())
\gexec
select format('grant connect, create, temporary on database %I to muster_owner', current_database())
\gexec
revoke all on schema public from public;
