/*
 * The host app's page: the user's meetings, by when they start.
 */
"use strict";

const MEETINGS_SHOWN = 1000;

/* "24 Nov 2026, 10:00 – 10:30 (Europe/Prague)", as the host sees it. */
function timeOf(meeting) {
	const zone = meeting.host_timezone;
	const style = {dateStyle: "medium", timeStyle: "short"};
	if (meeting.start_time === null)
		return "at a time that is not known";
	const start = new Date(meeting.start_time);
	const end = new Date(meeting.end_time || meeting.start_time);
	try {
		return new Intl.DateTimeFormat([], {...style, timeZone: zone ||
		    "UTC"}).formatRange(start, end) + " (" + (zone || "UTC") + ")";
	} catch (error) {	/* a zone that this browser does not know */
		return new Intl.DateTimeFormat([], style)
		    .formatRange(start, end);
	}
}

function badgeOf(meeting) {
	if (meeting.status === "gone")
		return badge("gone", "warn");
	if (meeting.rescheduled)
		return badge("rescheduled", "warn");
	return meeting.status === "canceled" ? badge("canceled", "bad") :
	    badge("active", "good");
}

function whoIs(invitee) {
	const remarks = [];
	if (invitee.rescheduled)
		remarks.push("moved");
	else if (invitee.status === "canceled")
		remarks.push("canceled");
	else if (invitee.status === "gone")
		remarks.push("gone");
	if (invitee.no_show !== null)
		remarks.push("did not come");
	return (invitee.name || invitee.email || "somebody") +
	    (remarks.length > 0 ? " (" + remarks.join(", ") + ")" : "");
}

function showMeeting(meeting) {
	const who = meeting.invitees.map(whoIs).join(", ") +
	    (meeting.invitees_more ? ", …" : "");
	const why = meeting.cancellation;
	const line = element("summary", {}, badgeOf(meeting),
	    element("span", {}, (meeting.name || "Meeting") +
	    (who === "" ? "" : " with " + who)),
	    element("span", {class: "soft"}, timeOf(meeting) +
	    (why !== null && why.reason ? " · “" + why.reason + "”" : "")));

	return element("li", {}, element("details", {}, line,
	    pretty(meeting)));
}

/* By id, with what it shows: one that is unchanged stays as it is, opened
 * or closed. */
const shownMeetings = new Map();

function entryOf(meeting) {
	const text = JSON.stringify(meeting);
	const before = shownMeetings.get(meeting.id);
	if (before !== undefined && before.text === text)
		return before.entry;

	const entry = showMeeting(meeting);
	if (before !== undefined)
		entry.firstChild.open = before.entry.firstChild.open;
	shownMeetings.set(meeting.id, {text: text, entry: entry});
	return entry;
}

/* One whose start is not known stands at the end of what is ahead. */
function isAhead(meeting) {
	return meeting.start_time === null ||
	    new Date(meeting.end_time || meeting.start_time) >= new Date();
}

async function readMeetings() {
	const all = [];
	let after = "";
	do {
		const call = await ask("GET", asUser("/meetings") + after);
		if (after === "")
			byId("meetings-curl").textContent = call.curl;
		if (call.status !== 200)
			throw new Error((call.body && call.body.detail) ||
			    "the meetings answered " + call.status);
		all.push(...call.body.data);
		after = call.body.next === null ? "" : "&after=" +
		    encodeURIComponent(call.body.next);
	} while (after !== "" && all.length < MEETINGS_SHOWN);
	return all;
}

/* What comes next is on top; what is over can be opened, latest first. */
async function refreshMeetings() {
	const all = await readMeetings();
	const ahead = all.filter(isAhead);
	const over = all.filter((meeting) => !isAhead(meeting)).reverse();

	byId("no-meetings").hidden = all.length > 0;
	byId("meetings").replaceChildren(...ahead.map(entryOf));
	byId("over").hidden = over.length === 0;
	byId("over-count").textContent = over.length === 1 ? "1 is over" :
	    over.length + " are over";
	byId("meetings-over").replaceChildren(...over.map(entryOf));
}
