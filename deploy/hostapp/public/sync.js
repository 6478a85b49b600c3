/*
 * The host app's page: how the user's meetings are read from Calendly, besides
 * what webhooks tell; a bar that moves while they are.
 */
"use strict";

const WHY = {
	backfill: "Reading the meetings that are there already",
	repair: "Reading what was missed while there was no webhook",
	request: "Reading all meetings again",
	window: "Comparing with Calendly",
	poll: "Looking for changes",
};

const TROUBLE = {
	scope: "the permission to read meetings was not granted. Reconnect, " +
	    "and allow all that Calendly asks.",
	refused: "Calendly refuses it. The log has its reply.",
};

function isBusy(sync) {
	return sync.state === "waiting" || sync.state === "running";
}

/* "Fed by polling, as of 17:04:05" */
function feedOf(sync) {
	if (sync.fed_by === "webhook")
		return "Fed by a webhook.";
	if (sync.fed_by !== "poll")
		return "";
	return "Fed by polling" + (sync.as_of === null ? "" : ", as of " +
	    clock(sync.as_of)) + (sync.next_at === null ? "." :
	    "; the next look is at " + clock(sync.next_at) + ".");
}

function progressOf(sync) {
	const done = sync.phase === "events" || sync.phase === null ?
	    sync.events + " found" :
	    sync.events_done + " of " + sync.events;
	if (sync.trouble === "unreachable")
		return "Calendly does not answer: it is tried again.";
	return (WHY[sync.purpose] || "Reading meetings") +
	    (sync.state === "waiting" ? ": it begins soon." : ": " + done +
	    (sync.eta === null ? "." : ", until about " + clock(sync.eta) +
	    "."));
}

function syncWords(sync) {
	if (isBusy(sync))
		return progressOf(sync) + " " + feedOf(sync);
	if (sync.state === "stuck")
		return "Meetings can't be read: " +
		    (TROUBLE[sync.trouble] || "the log may say why.");
	return feedOf(sync) + (sync.last_complete_at === null ? "" :
	    " All was last read at " + clock(sync.last_complete_at) + ".");
}

/* Without a value the bar only shows that something goes on. */
function showBar(sync) {
	const bar = byId("sync-bar");
	const known = sync.phase === "invitees" || sync.phase === "missing";
	bar.hidden = !isBusy(sync);
	if (known && sync.events > 0) {
		bar.max = sync.events;
		bar.value = sync.events_done;
	} else
		bar.removeAttribute("value");
}

let busy = false;

/* Shows it for a connection; null: there is none. */
function showSync(connection) {
	const sync = connection === null ? null : connection.sync;
	const words = sync === null || connection.status !== "connected" ? "" :
	    syncWords(sync).trim();
	busy = words !== "" && isBusy(sync);
	byId("sync").hidden = words === "";
	byId("sync-words").textContent = words;
	if (words !== "")
		showBar(sync);
}
