// SPDX-License-Identifier: Apache-2.0
// lists: what several screens show of the API, whole, each under one key, so that a change that one of them makes is seen by
// all. `wanted` false: nothing is asked for, such as where the role may not. `every`: see useData.
import { all, api, ok, page, type Shapes } from "./client.ts";
import { useData, type Data } from "./data.ts";

const SERVERS_MOST = 20_000;

export type Account = Shapes["Account"];
export type Server = Shapes["Server"];
export type Person = Shapes["User"];
export type Board = Shapes["Dashboard"];

export const useAccounts = (every?: number, wanted = true): Data<Account[]> => useData(wanted ? "accounts" : undefined, (signal) => all((after) => ok(api.GET("/integrated-account", page(after, signal)))), every);
export const useServers = (wanted = true): Data<Server[]> => useData(wanted ? "servers" : undefined, (signal) => all((after) => ok(api.GET("/mcp-server", page(after, signal))), SERVERS_MOST));
export const usePeople = (wanted = true): Data<Person[]> => useData(wanted ? "people" : undefined, (signal) => all((after) => ok(api.GET("/user", page(after, signal)))));
export const groupsOf = (people: readonly Person[] = []): string[] => [...new Set(people.flatMap((p) => p.groups))].sort();
export const useBoards = (every?: number): Data<Board[]> => useData("dashboards", (signal) => all((after) => ok(api.GET("/dashboard", page(after, signal)))), every);
