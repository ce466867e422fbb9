type Outputs = Record<string, readonly string[]>;
type Settings = { readonly viaIR?: boolean; readonly outputSelection?: Readonly<Record<string, Outputs>> };
type Input = { readonly sources: Readonly<Record<string, { readonly content: string }>>; readonly settings: Settings };
type Output = {
  readonly errors?: readonly { readonly formattedMessage: string; readonly severity: string }[];
  readonly sources: object;
  readonly contracts: object;
};
export function compileParts(input: Input, compile: (input: Input) => Output): Output;
