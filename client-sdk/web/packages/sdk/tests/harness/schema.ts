// Checks values against the generated types at run time, with the TypeScript compiler.
import ts from "typescript";

/** Reads a file of types. Returns a function that lists where a value differs from the named type; an empty list for none. */
export function fieldsOf(file: string): (type: string, value: unknown) => string[] {
  const program = ts.createProgram([file], { strict: true, noEmit: true, skipLibCheck: true });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${file} is no module`);
  const types = new Map(
    checker.getExportsOfModule(module).map((symbol) => [symbol.name, checker.getDeclaredTypeOfSymbol(symbol)]),
  );

  const problems = (type: ts.Type, value: unknown, path: string): string[] => {
    const wanted = checker.getNonNullableType(type);
    if (wanted.isUnion()) {
      const fits = wanted.types.some((each) => problems(each, value, path).length === 0);
      return fits ? [] : [`${path}: ${JSON.stringify(value)} is none of ${checker.typeToString(wanted)}`];
    }
    if (wanted.isStringLiteral()) return value === wanted.value ? [] : [`${path}: not ${wanted.value}`];
    if (wanted.flags & ts.TypeFlags.BooleanLiteral) return String(value) === checker.typeToString(wanted) ? [] : [path];
    if (wanted.flags & ts.TypeFlags.String) return typeof value === "string" ? [] : [`${path}: not a string`];
    if (wanted.flags & ts.TypeFlags.Number) return typeof value === "number" ? [] : [`${path}: not a number`];
    if (checker.isArrayType(wanted)) {
      const [item] = checker.getTypeArguments(wanted as ts.TypeReference);
      if (!Array.isArray(value) || !item) return [`${path}: not a list`];
      return value.flatMap((each, index) => problems(item, each, `${path}[${index}]`));
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${path}: not an object`];
    return Object.entries(value).flatMap(([name, field]) => {
      const property = wanted.getProperty(name);
      if (!property) return [`${path}.${name}: no such field`];
      return problems(checker.getTypeOfSymbol(property), field, `${path}.${name}`);
    });
  };
  return (name, value) => {
    const type = types.get(name);
    return type ? problems(type, value, name) : [`${name}: no such type`];
  };
}
