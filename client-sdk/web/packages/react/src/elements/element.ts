// What the components of elements have in common.
import { type HTMLAttributes, type Ref, type RefObject, useEffect, useImperativeHandle, useLayoutEffect, useRef } from "react";

/** Called with the detail of an event of an element, and with the event. */
export type ElementListener<Detail> = (detail: Detail, event: CustomEvent<Detail>) => void;

/** The properties of a component: its own, and the attributes that every element of HTML has. */
export type ElementProps<Element extends HTMLElement, Own> = Own &
  Omit<HTMLAttributes<Element>, keyof Own> & { readonly ref?: Ref<Element> | undefined };

/** A layout effect; nothing on a server. */
export const useCommit = typeof document === "undefined" ? useEffect : useLayoutEffect;

/** The value of the last render that was committed. */
export function useLatest<Value>(value: Value): RefObject<Value> {
  const latest = useRef(value);
  useCommit(() => {
    latest.current = value;
  });
  return latest;
}

/** The element of a component, also for the `ref` of its parent. */
export function useElement<Element extends HTMLElement>(ref: Ref<Element> | undefined): RefObject<Element | null> {
  const element = useRef<Element>(null);
  useImperativeHandle(ref, () => element.current as Element, []);
  return element;
}

/**
 * Calls the listeners of the last render for the events of an element: `onReady` for `causerie-ready`. The listeners are no properties of the
 * element, because React adds none to an element whose HTML comes from a server.
 */
export function useListeners<Name extends string>(
  element: RefObject<HTMLElement | null>,
  listeners: { readonly [Each in Name]: ElementListener<never> | undefined },
): void {
  const latest = useLatest(listeners);
  useCommit(() => {
    const target = element.current;
    if (!target) return undefined;
    const stops = Object.keys(listeners).map((name) => {
      const type = `causerie-${name.slice(2).toLowerCase()}`;
      const call = (event: Event): void => {
        // The event of an element within this one.
        if (event.target !== target) return;
        const { detail } = event as CustomEvent<never>;
        latest.current[name as Name]?.(detail, event as CustomEvent<never>);
      };
      target.addEventListener(type, call);
      return () => target.removeEventListener(type, call);
    });
    return () => {
      for (const stop of stops) stop();
    };
  }, []);
}
