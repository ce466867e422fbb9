// A fifth adapter, as somebody else would publish it: `CourierMessenger` of contracts/rules/messaging/toy.t.sol, compiled, and how its messages are carried.
import { readFileSync } from "node:fs";
import { openLinkEnd, readBlock } from "@cortensor/chain";
import { createEventCarrier } from "@cortensor/node";

const { abi, bytecode } = JSON.parse(readFileSync(new URL("./courierMessenger.json", import.meta.url), "utf8"));
const STRANGER = "0x0000000000000000000000000000000000005742";

const blockOf = async (chain) => Number((await readBlock(chain, "latest"))?.number ?? 0n);
const toArgument = ({ nonce, from, to, gasLimit, body }) => ({
  nonce: BigInt(nonce),
  from,
  to,
  gasLimit: BigInt(gasLimit),
  body,
});

/** An adapter whose courier carries for itself, and one that carries for anybody. */
export const adapterOf = (name, { carriesForAnybody }) => ({
  name,
  isAtOnce: false,
  refusesWhilePaused: false,
  async open({ near, far, nearPost, farPost }) {
    const [nearFromBlock, farFromBlock] = [await blockOf(near), await blockOf(far)];
    const farAddress = await far.nextAddress();
    const nearAddress = await near.deploy({
      abi,
      bytecode,
      args: [[BigInt(far.chainId), farAddress, nearPost], near.sender.account],
    });
    await far.deploy({ abi, bytecode, args: [[BigInt(near.chainId), nearAddress, farPost], far.sender.account] });
    const ends = {
      near: openLinkEnd({
        chainId: near.chainId,
        rpcUrls: [near.rpcUrl],
        messenger: nearAddress,
        fromBlock: nearFromBlock,
      }),
      far: openLinkEnd({ chainId: far.chainId, rpcUrls: [far.rpcUrl], messenger: farAddress, fromBlock: farFromBlock }),
    };
    const carry = async (chain, to, messages) => {
      const { gasUsed } = await chain.call({ to, abi, name: "receiveBatch", args: [messages.map(toArgument)] });
      return { gasUsed, feeWei: 0n };
    };
    const carrierOf = (src, dst, chain) =>
      createEventCarrier({
        name,
        link: { src, dst },
        sender: chain.sender,
        handIn: (messages) =>
          carry(
            chain,
            dst.messenger,
            messages.map(({ message }) => message),
          ),
      });
    return {
      near: nearAddress,
      far: farAddress,
      nearFromBlock,
      farFromBlock,
      openCarriers: () => [carrierOf(ends.near, ends.far, far), carrierOf(ends.far, ends.near, near)],
      ripen: async () => undefined,
      async forge(message) {
        if (carriesForAnybody) await carry(far, farAddress, [message]);
        else {
          const args = [[toArgument(message)]];
          await far.client.simulateContract({
            account: STRANGER,
            address: farAddress,
            abi,
            functionName: "receiveBatch",
            args,
          });
        }
        return true;
      },
    };
  },
});

export const messengerAdapter = adapterOf("courier", { carriesForAnybody: false });
