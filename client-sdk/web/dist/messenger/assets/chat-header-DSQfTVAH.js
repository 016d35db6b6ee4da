const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["./index-DByRhP-Q.css"])))=>i.map(i=>d[i]);
import{$ as e,B as t,E as n,_ as r,_t as i,at as a,b as o,ct as s,ft as c,gt as l,it as u,lt as d,ot as f,pt as p,v as m,x as h}from"./index-BYLA7pff.js";import{t as g}from"./presence-text-BDkzWcbJ.js";var _=class extends u{constructor(...e){super(...e),this.details=!1,this.updateEvents=[`presence`],this.#e=async()=>{try{await i(()=>import(`./conversation-actions-lj-8r-UW.js`).then(e=>e.t),__vite__mapDeps([0]),import.meta.url),await this.actions.updateComplete,await this.popup?.show(l.conversationActions,this.actions.items,this.menuButton)}catch{this.#r(`causerie-problem`,l.loadFailed)}}}static{this.styles=[e,p` header{display:flex;align-items:center;gap:12px;min-height:64px;padding:10px 16px;padding-inline-end:calc(16px + var(--header-end,0px));border-bottom:1px solid var(--border);--avatar-size:40px;--avatar-ring:var(--background)}.about{flex:1;position:relative;display:flex;align-items:center;gap:12px;min-width:0;margin:-6px 0;padding:6px 8px;margin-inline-start:-8px;border-radius:12px}.about:has(.open:hover){background:var(--hover);--avatar-ring:var(--hover)}.titles{min-width:0}.open{max-width:100%;font-weight:inherit;text-align:start;vertical-align:top}.open::after{content:"";position:absolute;inset:0;border-radius:12px}.open:focus-visible{outline:none}.open:focus-visible::after{outline:2px solid var(--accent);outline-offset:-2px}h2{font-size:1rem;font-weight:650;line-height:1.3}p{font-size:0.8125rem}p.online{color:light-dark(#157347,var(--good))}causerie-popup,causerie-conversation-actions{display:contents}.more .icon{stroke-width:2.8}.back{display:none;margin-inline-start:-8px}@container messenger (max-width: 719px){header{padding-inline:12px calc(12px + var(--header-end,0px))}.back{display:grid}}`]}async focusHeading(){await this.updateComplete,this.heading.focus()}willUpdate(e){super.willUpdate(e),e.has(`conversation`)&&e.get(`conversation`)?.id!==this.conversation?.id&&this.popup?.close()}render(){let{conversation:e,client:i}=this,a=e?o(e,i.me?.id):this.user,s=e?h(e,i.me?.id):m(a),u=a!==void 0&&(i.presence(a.id)?.online??!1);return c`<header part="header">
<button class="icon-button back" aria-label=${l.back} title=${l.back} @click=${()=>this.#r(`causerie-back`)}>
${n}
</button>
<div class="about"><causerie-avatar
.name=${s}
.key=${a?r(a):e?.id??``}
.kind=${a?`user`:e?.kind===`group`?`group`:`note`}
?online=${u}
></causerie-avatar>
<div class="titles">
<h2 class="clip" title=${s} tabindex="-1">${this.#t(s)}</h2>
<p class="muted clip ${u?`online`:``}">${this.#n(a?.id)}</p>
</div></div>
${e?c`<button
class="icon-button more"
aria-label=${l.conversationActions}
title=${l.conversationActions}
aria-haspopup="menu"
aria-expanded="false"
@mousedown=${e=>e.preventDefault()}
@click=${this.#e}
>
${t}
</button>
<causerie-popup></causerie-popup>
<causerie-conversation-actions
.client=${i}
.conversation=${e}
@causerie-mark-unread=${()=>this.#r(`causerie-mark-unread`)}
></causerie-conversation-actions>`:``}
</header>`}#e;#t(e){return this.conversation?.kind===`note_to_self`?e:c`<button
class="open clip"
aria-expanded=${this.details?`true`:`false`}
@click=${()=>this.#r(`causerie-details`)}
>
${e}
</button>`}#n(e){let{conversation:t,client:n}=this;if(t?.kind===`group`){let e=t.members.map(({user:e})=>e.id===n.me?.id?l.you:m(e));return`${l.members(t.memberCount)} · ${e.join(`, `)}`}return e===void 0?``:g(n.presence(e))}#r(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}};a([s({attribute:!1})],_.prototype,`conversation`,void 0),a([s({attribute:!1})],_.prototype,`user`,void 0),a([s({type:Boolean})],_.prototype,`details`,void 0),a([f(`h2`)],_.prototype,`heading`,void 0),a([f(`.more`)],_.prototype,`menuButton`,void 0),a([f(`causerie-popup`)],_.prototype,`popup`,void 0),a([f(`causerie-conversation-actions`)],_.prototype,`actions`,void 0),_=a([d(`causerie-chat-header`)],_);