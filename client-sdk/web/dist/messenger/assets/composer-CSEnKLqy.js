import{A as e,J as t,P as n,V as r,at as i,et as a,it as o,lt as s,ot as c,p as l,rt as u,st as d,tt as f}from"./index-D0NMIBcr.js";var p=168,m=class extends i{constructor(...e){super(...e),this.conversationId=``,this.notice=``,this.busy=!1,this.textBytesMax=0,this.#e=()=>{}}#e;static{this.styles=[t,d` :host{display:block;padding:8px 20px 16px}form,.notice,.editing,.problem{max-width:860px;margin-inline:auto}form{display:flex;align-items:flex-end;gap:8px}textarea{display:block;flex:1;min-width:0;height:44px;max-height:168px;resize:none;padding:10.5px 18px;border:1px solid transparent;border-radius:22px;background:var(--field);line-height:1.4;scrollbar-width:thin}textarea::placeholder{color:var(--muted);opacity:1}textarea:focus{outline:none;border-color:var(--accent)}.send{flex:none;width:44px;height:44px;display:grid;place-items:center;border-radius:50%;background:var(--accent);color:var(--on-accent);transition:opacity 0.12s,filter 0.12s}.send:hover{filter:brightness(1.1)}.send[aria-disabled="true"]{cursor:default;opacity:0.45;filter:none}.notice{padding:12px 16px;border-radius:14px;background:var(--field);color:var(--muted);text-align:center}.editing{display:flex;align-items:center;gap:8px;padding:0 0 6px 14px;font-size:0.875rem;color:var(--accent)}.editing .icon{width:18px;height:18px}.editing span{flex:1}.editing .icon-button{width:32px;height:32px}.problem{padding:0 18px 6px;font-size:0.8125rem;color:var(--danger)}@container messenger (max-width: 719px){:host{padding:6px 12px max(10px,env(safe-area-inset-bottom))}}`]}focusField(){this.field?.focus()}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#i()}disconnectedCallback(){super.disconnectedCallback(),this.#e()}willUpdate(e){e.has(`drafts`)&&this.#i()}updated(){this.#l()}render(){if(this.notice)return c`<p class="notice">${this.notice}</p>`;let t=this.#r,i=this.#t,a=i?s.save:s.send,o=this.#n.trim()!==``&&!t&&!this.busy;return c`
      ${i?c`<div class="editing">
            ${n}<span>${s.editing}</span>
            <button class="icon-button" aria-label=${s.cancel} title=${s.cancel} @click=${this.#c}>${e}</button>
          </div>`:``}
      ${t?c`<p class="problem" role="alert">${s.tooLong}</p>`:``}
      <form @submit=${this.#s}>
        <textarea
          rows="1"
          dir="auto"
          enterkeyhint="send"
          aria-label=${s.writeMessage}
          placeholder=${s.writeMessage}
          .value=${l(this.#n)}
          @input=${this.#a}
          @keydown=${this.#o}
        ></textarea>
        <button
          class="send"
          aria-label=${a}
          title=${a}
          aria-disabled=${o?`false`:`true`}
          @mousedown=${e=>e.preventDefault()}
        >
          ${r}
        </button>
      </form>
    `}get#t(){return this.drafts.get(this.conversationId).edit}get#n(){let{text:e,edit:t}=this.drafts.get(this.conversationId);return t?t.text:e}get#r(){let{textBytesMax:e}=this,t=this.#n;return e>0&&t.length*3>e&&new TextEncoder().encode(t.trim()).length>e}#i(){this.#e(),this.#e=this.drafts.on(()=>this.requestUpdate())}#a(){let e=this.field?.value??``;this.drafts.setText(this.conversationId,e),this.#t||this.#u(`causerie-typing`,e.trim()!==``)}#o(e){if(!e.isComposing){if(e.key===`Enter`&&!e.shiftKey)this.#s(e);else if(e.key===`Escape`&&this.#t)this.#c();else if(e.key===`ArrowUp`&&!this.#n&&!this.#t)this.#u(`causerie-edit-last`,void 0);else return;e.preventDefault()}}#s(e){e.preventDefault(),this.focusField();let t=this.#n.trim(),n=this.#t;if(!(!t||this.#r||this.busy)){if(n)return this.#u(`causerie-save`,{...n,text:t});this.drafts.setText(this.conversationId,``),this.#u(`causerie-send`,t)}}#c(){this.drafts.endEdit(this.conversationId),this.focusField()}#l(){let{field:e}=this;e&&(e.style.height=`44px`,e.scrollHeight>46&&(e.style.height=`${Math.min(e.scrollHeight+2,p)}px`),e.style.overflowY=e.scrollHeight>p?`auto`:`hidden`)}#u(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}};a([u({attribute:!1})],m.prototype,`drafts`,void 0),a([u()],m.prototype,`conversationId`,void 0),a([u()],m.prototype,`notice`,void 0),a([u({type:Boolean})],m.prototype,`busy`,void 0),a([u({type:Number})],m.prototype,`textBytesMax`,void 0),a([f(`textarea`)],m.prototype,`field`,void 0),m=a([o(`causerie-composer`)],m);