import { RefoldError } from '@refold/ir';
import type { InstanceHint, Rule } from '../rewrite/rule.ts';
import { dataError } from './data-error.ts';
import { dataOfRule, dataRule } from './data-rule.ts';
import { fromPattern } from './from-pattern.ts';
import { Lexer } from './lexer.ts';
import { parseAll } from './parse-rules.ts';
import { printData, printHead } from './print-rule.ts';
import type { RuleData } from './rule-data.ts';
import { ruleShape, rulesShape } from './rule-shape.ts';
import { checkShape } from './shape.ts';

/**
 * Reads rules in their text form; see docs/rules-as-data.md. Nothing in the text runs, so it may come from
 * anyone. Throws `usage/option` whose message has file, line and column.
 */
export function parseRules(text: string, file?: string): readonly Rule[] {
  const lexer = new Lexer(text, file);
  return distinct(
    parseAll(lexer).map(({ data, at }) => {
      try {
        return dataRule(data);
      } catch (error) {
        throw error instanceof RefoldError ? lexer.error(error.message, at) : error;
      }
    }),
    file,
  );
}

/** A rule in text form. Of a rule with code this is the head and the pattern, which does not read back. */
export function printRule(rule: Rule): string {
  const data = dataOfRule(rule);
  if (data) return printData(data);
  const lines = printHead(describe(rule));
  return `${lines.join('\n')}\n  # guard and emission are code\n`;
}

/** A rule of its JSON form. Throws `usage/option` with the place in the document and what was expected. */
export function ruleFromJson(json: unknown): Rule {
  checkShape(json, ruleShape);
  // What has the form of a rule is one.
  return dataRule(json as RuleData);
}

/** The rules of a JSON document: one rule, or a list. */
export function rulesFromJson(json: unknown, file?: string): readonly Rule[] {
  try {
    checkShape(json, rulesShape);
    const all = Array.isArray(json) ? json : [json];
    return distinct(
      all.map((item) => dataRule(item as RuleData)),
      file,
    );
  } catch (error) {
    if (!(error instanceof RefoldError) || file === undefined) throw error;
    throw dataError(`${file}: ${error.message}`, file, error.hint);
  }
}

/** The JSON form of a rule. Throws `usage/option` for a rule with code; see {@link describeRule}. */
export function ruleToJson(rule: Rule): RuleData {
  const data = dataOfRule(rule);
  if (data) return data;
  throw dataError(
    `rule ${rule.spec.name} is not data: its guard and its builder are code`,
    undefined,
    'describeRule gives its pattern',
  );
}

/** What is known of a rule as data. */
export type RuleDescription =
  | { readonly pure: true; readonly rule: RuleData }
  | {
      /** Guard and builder are code. */
      readonly pure: false;
      readonly rule: Omit<RuleData, 'let' | 'where' | 'emit'>;
    };

/** A rule as far as it is data: all of it, or all but its guard and its builder. */
export function describeRule(rule: Rule): RuleDescription {
  const data = dataOfRule(rule);
  return data ? { pure: true, rule: data } : { pure: false, rule: describe(rule) };
}

function describe({ spec }: Rule): Extract<RuleDescription, { pure: false }>['rule'] {
  const { name, doc, phase, exactness, benefit, tags, exporters, traps } = spec;
  const instances = spec.instances?.filter(isData);
  return {
    name,
    doc,
    phase,
    exactness,
    ...(benefit === undefined ? {} : { benefit }),
    ...(tags === undefined ? {} : { tags }),
    ...(exporters === undefined ? {} : { exporters }),
    ...(traps === undefined ? {} : { traps }),
    ...(instances === undefined || instances.length === 0 ? {} : { instances }),
    ...fromPattern(spec.match.data),
  };
}

/** Whether a hint can be said as data: JSON has no infinities, and a rule as data has no model. */
function isData({ values, model }: InstanceHint): boolean {
  return (
    model === undefined &&
    Object.values(values ?? {})
      .flat()
      .every((x) => typeof x !== 'number' || Number.isFinite(x))
  );
}

/**
 * Reads the content of a file of rules: JSON if its name ends in `.json`, text otherwise. Throws `usage/option` whose message has
 * the file, and for text line and column.
 */
export function loadRules(content: string, file: string): readonly Rule[] {
  if (!file.endsWith('.json')) return parseRules(content, file);
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (error) {
    throw dataError(`${file}: ${error instanceof Error ? error.message : String(error)}`, file);
  }
  return rulesFromJson(json, file);
}

function distinct(rules: readonly Rule[], file: string | undefined): readonly Rule[] {
  const names = new Set<string>();
  for (const { spec } of rules) {
    if (names.has(spec.name)) throw dataError(`${file ?? 'rules'}: two rules are named ${spec.name}`, file);
    names.add(spec.name);
  }
  return rules;
}
