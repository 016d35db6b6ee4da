const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["./index-DByRhP-Q.css"])))=>i.map(i=>d[i]);
import{B as e,E as t,Q as n,_ as r,at as i,b as a,ct as o,dt as s,ft as c,gt as l,ht as u,it as d,rt as f,st as p,v as m,x as h}from"./index-CLabfEX0.js";import{t as g}from"./presence-text-Cz1u1Xvi.js";var _=class extends f{constructor(...e){super(...e),this.details=!1,this.updateEvents=[`presence`],this.#e=async()=>{try{await l(()=>import(`./conversation-actions-D_6bgS-x.js`).then(e=>e.t),__vite__mapDeps([0]),import.meta.url),await this.actions.updateComplete,await this.popup.show(u.conversationActions,this.actions.items,this.menuButton)}catch{this.#r(`causerie-problem`,u.loadFailed)}}}static{this.styles=[n,c` header{display:flex;align-items:center;gap:12px;min-height:64px;padding:10px 16px;padding-inline-end:calc(16px + var(--header-end,0px));border-bottom:1px solid var(--border);--avatar-size:40px;--avatar-ring:var(--background)}.about{flex:1;position:relative;display:flex;align-items:center;gap:12px;min-width:0;margin:-6px 0;padding:6px 8px;margin-inline-start:-8px;border-radius:12px}.about:has(.open:hover){background:var(--hover);--avatar-ring:var(--hover)}.titles{min-width:0}.open{max-width:100%;font-weight:inherit;text-align:start;vertical-align:top}.open::after{content:"";position:absolute;inset:0;border-radius:12px}.open:focus-visible{outline:none}.open:focus-visible::after{outline:2px solid var(--accent);outline-offset:-2px}h2{font-size:1rem;font-weight:650;line-height:1.3}p{font-size:0.8125rem}p.online{color:light-dark(#157347,var(--good))}causerie-popup,causerie-conversation-actions{display:contents}.more .icon{stroke-width:2.8}.back{display:none;margin-inline-start:-8px}@container messenger (max-width: 719px){header{padding-inline:12px calc(12px + var(--header-end,0px))}.back{display:grid}}`]}async focusHeading(){await this.updateComplete,this.heading.focus()}render(){let{conversation:n,client:i}=this,o=n?a(n,i.me?.id):this.user,c=n?h(n,i.me?.id):m(o),l=o!==void 0&&(i.presence(o.id)?.online??!1);return s`<header>
<button class="icon-button back" aria-label=${u.back} title=${u.back} @click=${()=>this.#r(`causerie-back`)}>
${t}
</button>
<div class="about"><causerie-avatar
.name=${c}
.key=${o?r(o):n?.id??``}
.kind=${o?`user`:n?.kind===`group`?`group`:`note`}
?online=${l}
></causerie-avatar>
<div class="titles">
<h2 class="clip" title=${c} tabindex="-1">${this.#t(c)}</h2>
<p class="muted clip ${l?`online`:``}">${this.#n(o?.id)}</p>
</div></div>
${n?s`<button
class="icon-button more"
aria-label=${u.conversationActions}
title=${u.conversationActions}
aria-haspopup="menu"
aria-expanded="false"
@mousedown=${e=>e.preventDefault()}
@click=${this.#e}
>
${e}
</button>
<causerie-popup></causerie-popup>
<causerie-conversation-actions
.client=${i}
.conversation=${n}
@causerie-mark-unread=${()=>this.#r(`causerie-mark-unread`)}
></causerie-conversation-actions>`:``}
</header>`}#e;#t(e){return this.conversation?.kind===`note_to_self`?e:s`<button
class="open clip"
aria-expanded=${this.details?`true`:`false`}
@click=${()=>this.#r(`causerie-details`)}
>
${e}
</button>`}#n(e){let{conversation:t,client:n}=this;if(t?.kind===`group`){let e=t.members.map(({user:e})=>e.id===n.me?.id?u.you:m(e));return`${u.members(t.memberCount)} · ${e.join(`, `)}`}return e===void 0?``:g(n.presence(e))}#r(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}};d([p({attribute:!1})],_.prototype,`conversation`,void 0),d([p({attribute:!1})],_.prototype,`user`,void 0),d([p({type:Boolean})],_.prototype,`details`,void 0),d([i(`h2`)],_.prototype,`heading`,void 0),d([i(`.more`)],_.prototype,`menuButton`,void 0),d([i(`causerie-popup`)],_.prototype,`popup`,void 0),d([i(`causerie-conversation-actions`)],_.prototype,`actions`,void 0),_=d([o(`causerie-chat-header`)],_);