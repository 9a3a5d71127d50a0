"""The replies that each request can get besides `error`, which every request can get."""

from __future__ import annotations

from messages import identity, moderation, replies, requests, sessions
from messages.base import Reply, Request

REPLIES: dict[type[Request], tuple[type[Reply], ...]] = {
    sessions.Login: (replies.Welcome,),
    sessions.Logout: (replies.Done,),
    sessions.Ping: (replies.Pong,),
    requests.Send: (replies.Accepted,),
    requests.Confirm: (replies.Done,),
    requests.ReadReceipts: (replies.Done,),
    requests.History: (replies.Page,),
    requests.Search: (replies.Found,),
    requests.Join: (replies.RoomState,),
    requests.Leave: (replies.Done,),
    requests.Rooms: (replies.RoomList,),
    requests.Topic: (replies.RoomState,),
    requests.Nick: (replies.OwnProfile,),
    requests.Who: (replies.UserList,),
    requests.Whoami: (replies.OwnProfile,),
    requests.Count: (replies.Counted,),
    requests.Time: (replies.Clock,),
    requests.Away: (replies.Done,),
    requests.Play: (replies.Played, replies.Challenged),
    requests.Debug: (replies.Done,),
    identity.Link: (identity.LinkCode,),
    identity.Keys: (identity.KeyList,),
    identity.Revoke: (replies.Done,),
    identity.Whois: (identity.Profile,),
    identity.SetPassword: (replies.Done,),
    identity.ResetKeys: (replies.Done,),
    identity.Uninvite: (replies.Done,),
    moderation.RoomRules: (moderation.Rules,),
    moderation.InviteUser: (replies.Done,),
    moderation.SetRole: (replies.Done,),
    moderation.Kick: (replies.Done,),
    moderation.Ban: (replies.Done,),
    moderation.Unban: (replies.Done,),
    moderation.Bans: (moderation.BanList,),
    moderation.Mute: (replies.Done,),
    moderation.Unmute: (replies.Done,),
    moderation.Ignore: (moderation.IgnoreList,),
    moderation.Unignore: (moderation.IgnoreList,),
    moderation.Ignored: (moderation.IgnoreList,),
    moderation.Audit: (moderation.AuditLog,),
}
"""The first is the usual one."""
