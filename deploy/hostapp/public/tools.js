/*
 * Functions that the other scripts use. The page asks its own server, never calendlyd:
 * the API key has no place in a browser.
 */
"use strict";

const user = document.body.dataset.user;
const api = document.body.dataset.api;
const byId = (id) => document.getElementById(id);
const asUser = (path) => path + "?user=" + encodeURIComponent(user);

/* element("li", {class: "x"}, "text", child, ...) */
function element(name, attributes, ...children) {
	const made = document.createElement(name);
	for (const [key, value] of Object.entries(attributes))
		made.setAttribute(key, value);
	made.append(...children);
	return made;
}

function badge(text, kind) {
	return element("span", {class: "badge", "data-kind": kind}, text);
}

function setBadge(id, text, kind) {
	byId(id).textContent = text;
	byId(id).dataset.kind = kind;
}

function pretty(value) {
	return element("pre", {tabindex: "0"}, JSON.stringify(value, null, 2));
}

function clock(time) {
	return new Date(time).toLocaleTimeString();
}

async function ask(method, path) {
	const reply = await fetch(path, {method: method});
	if (!reply.ok)
		throw new Error("the host app answered " + reply.status);
	return reply.json();
}

/* Shows the curl command of a click before it is made. */

function curl(method, path, body) {
	const ca = document.body.dataset.ca;
	const words = ["curl -sS"];
	if (method !== "GET" && body === undefined)
		words.push("-X " + method);
	if (ca !== "")
		words.push("--cacert '" + ca + "'");
	words.push("-H \"Authorization: Bearer $KEY\"");
	if (body !== undefined)
		words.push("-H 'Content-Type: application/json' -d '" +
		    JSON.stringify(body) + "'");
	return words.join(" ") + " '" + api + path + "'";
}

function showCommands() {
	const one = "/v1/connections/" + encodeURIComponent(user);
	const home = location.origin + asUser("/");
	const list = [
		["Connect, and reconnect", "POST", "/v1/connect-sessions",
		    {user_id: user, return_url: home}],
		["Connect in a popup", "POST", "/v1/connect-sessions",
		    {user_id: user}],
		["Switch accounts", "POST", "/v1/connect-sessions",
		    {user_id: user, return_url: home, force: true}],
		["How things stand", "GET", one],
		["Meetings", "GET", "/v1/meetings?user_id=" +
		    encodeURIComponent(user)],
		["Check and repair", "POST", one + "/reconcile"],
		["Read all meetings again", "POST", one + "/sync"],
		["Webhooks at Calendly", "GET", one + "/webhooks"],
		["Log", "GET", one + "/log?limit=20"],
		["Disconnect", "DELETE", one],
	];
	for (const [title, method, path, body] of list)
		byId("commands").append(element("h3", {}, title),
		    element("pre", {tabindex: "0"}, curl(method, path, body)));
}
