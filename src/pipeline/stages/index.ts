/** Stages in the order a request meets them; each listener takes those that name its type. */
import type { Stage } from '../stage';
import { chooseAgents } from './choose-agents';
import { chooseModel } from './choose-model';
import { parseRequest } from './parse-request';
import { renderAgent } from './render-agent';
import { renderModel } from './render-model';
import { runAgents } from './run-agents';

export const STAGES: readonly Stage[] = [parseRequest, chooseModel, chooseAgents, runAgents, renderModel, renderAgent];
