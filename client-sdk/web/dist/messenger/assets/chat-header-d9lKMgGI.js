const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["./index-DByRhP-Q.css"])))=>i.map(i=>d[i]);
import{$ as e,C as t,J as n,L as r,_ as i,et as a,h as o,it as s,lt as c,m as l,ot as u,rt as d,st as f,tt as p,ut as m,v as h}from"./index-D0NMIBcr.js";import{t as g}from"./presence-text-C8K2hre8.js";var _=class extends e{constructor(...e){super(...e),this.details=!1,this.updateEvents=[`presence`],this.#e=async()=>{try{await m(()=>import(`./conversation-actions-HA1vW7wm.js`).then(e=>e.t),__vite__mapDeps([0]),import.meta.url),await this.actions.updateComplete,await this.popup.show(c.conversationActions,this.actions.items,this.menuButton)}catch{this.#r(`causerie-problem`,c.loadFailed)}}}static{this.styles=[n,f` header{display:flex;align-items:center;gap:12px;min-height:64px;padding:10px 16px;border-bottom:1px solid var(--border);--avatar-size:40px;--avatar-ring:var(--background)}.about{flex:1;position:relative;display:flex;align-items:center;gap:12px;min-width:0;margin:-6px 0;padding:6px 8px;margin-inline-start:-8px;border-radius:12px}.about:has(.open:hover){background:var(--hover);--avatar-ring:var(--hover)}.titles{min-width:0}.open{max-width:100%;font-weight:inherit;text-align:start;vertical-align:top}.open::after{content:"";position:absolute;inset:0;border-radius:12px}.open:focus-visible{outline:none}.open:focus-visible::after{outline:2px solid var(--accent);outline-offset:-2px}h2{font-size:1rem;font-weight:650;line-height:1.3}p{font-size:0.8125rem}p.online{color:light-dark(#157347,var(--good))}causerie-popup,causerie-conversation-actions{display:contents}.more .icon{stroke-width:2.8}.back{display:none;margin-inline-start:-8px}@container messenger (max-width: 719px){header{padding-inline:12px}.back{display:grid}}`]}async focusHeading(){await this.updateComplete,this.heading.focus()}render(){let{conversation:e,client:n}=this,a=e?i(e,n.me?.id):this.user,s=e?h(e,n.me?.id):o(a),d=a!==void 0&&(n.presence(a.id)?.online??!1);return u`<header>
      <button class="icon-button back" aria-label=${c.back} title=${c.back} @click=${()=>this.#r(`causerie-back`)}>
        ${t}
      </button>
      <div class="about"><causerie-avatar
        .name=${s}
        .key=${a?l(a):e?.id??``}
        .kind=${a?`user`:e?.kind===`group`?`group`:`note`}
        ?online=${d}
      ></causerie-avatar>
      <div class="titles">
        <h2 class="clip" title=${s} tabindex="-1">${this.#t(s)}</h2>
        <p class="muted clip ${d?`online`:``}">${this.#n(a?.id)}</p>
      </div></div>
      ${e?u`<button
              class="icon-button more"
              aria-label=${c.conversationActions}
              title=${c.conversationActions}
              aria-haspopup="menu"
              aria-expanded="false"
              @mousedown=${e=>e.preventDefault()}
              @click=${this.#e}
            >
              ${r}
            </button>
            <causerie-popup></causerie-popup>
            <causerie-conversation-actions
              .client=${n}
              .conversation=${e}
              @causerie-mark-unread=${()=>this.#r(`causerie-mark-unread`)}
            ></causerie-conversation-actions>`:``}
    </header>`}#e;#t(e){return this.conversation?.kind===`note_to_self`?e:u`<button
      class="open clip"
      aria-expanded=${this.details?`true`:`false`}
      @click=${()=>this.#r(`causerie-details`)}
    >
      ${e}
    </button>`}#n(e){let{conversation:t,client:n}=this;if(t?.kind===`group`){let e=t.members.map(({user:e})=>e.id===n.me?.id?c.you:o(e));return`${c.members(t.memberCount)} · ${e.join(`, `)}`}return e===void 0?``:g(n.presence(e))}#r(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}};a([d({attribute:!1})],_.prototype,`conversation`,void 0),a([d({attribute:!1})],_.prototype,`user`,void 0),a([d({type:Boolean})],_.prototype,`details`,void 0),a([p(`h2`)],_.prototype,`heading`,void 0),a([p(`.more`)],_.prototype,`menuButton`,void 0),a([p(`causerie-popup`)],_.prototype,`popup`,void 0),a([p(`causerie-conversation-actions`)],_.prototype,`actions`,void 0),_=a([s(`causerie-chat-header`)],_);