import{P as e,X as t,_t as n,at as r,b as i,d as a,ft as o,gt as s,m as c,nt as l,ot as u,p as d,rt as f,tt as p,u as m,ut as h}from"./base-eeG3xdAI.js";import"./index-BKlLsIgx.js";import{t as g}from"./presence-text-WM_SjkK4.js";var _=class extends p{constructor(...e){super(...e),this.details=!1,this.updateEvents=[`presence`],this.#e=async()=>{try{await n(()=>import(`./conversation-actions-DGA4bTwa.js`).then(e=>e.t),[],import.meta.url),await this.actions.updateComplete,await this.popup?.show(s.conversationActions,this.actions.items,this.menuButton)}catch{this.#r(`causerie-problem`,s.loadFailed)}}}static{this.styles=[t,o` header{display:flex;align-items:center;gap:12px;min-height:64px;padding:10px 16px;padding-inline-end:calc(16px + var(--header-end,0px));border-bottom:1px solid var(--border);--avatar-size:40px;--avatar-ring:var(--background)}.about{flex:1;position:relative;display:flex;align-items:center;gap:12px;min-width:0;margin:-6px 0;padding:6px 8px;margin-inline-start:-8px;border-radius:12px}.about:has(.open:hover){background:var(--hover);--avatar-ring:var(--hover)}.titles{min-width:0}.open{max-width:100%;font-weight:inherit;text-align:start;vertical-align:top}.open::after{content:"";position:absolute;inset:0;border-radius:12px}.open:focus-visible{outline:none}.open:focus-visible::after{outline:2px solid var(--accent);outline-offset:-2px}h2{font-size:1rem;font-weight:650;line-height:1.3}p{font-size:0.8125rem}p.online{color:light-dark(#157347,var(--good))}causerie-popup,causerie-conversation-actions{display:contents}.more .icon{stroke-width:2.8}.back{display:none;margin-inline-start:-8px}@container messenger (max-width: 719px){header{padding-inline:12px calc(12px + var(--header-end,0px))}.back{display:grid}}`]}async focusHeading(){await this.updateComplete,this.heading.focus()}willUpdate(e){super.willUpdate(e),e.has(`conversation`)&&e.get(`conversation`)?.id!==this.conversation?.id&&this.popup?.close()}render(){let{conversation:t,client:n}=this,r=t?d(t,n.me?.id):this.user,o=t?c(t,n.me?.id):a(r),l=r!==void 0&&(n.presence(r.id)?.online??!1);return h`<header part="header">
<button class="icon-button back" aria-label=${s.back} title=${s.back} @click=${()=>this.#r(`causerie-back`)}>
${i}
</button>
<div class="about"><causerie-avatar
.name=${o}
.key=${r?m(r):t?.id??``}
.kind=${r?`user`:t?.kind===`group`?`group`:`note`}
?online=${l}
></causerie-avatar>
<div class="titles">
<h2 class="clip" title=${o} tabindex="-1">${this.#t(o)}</h2>
<p class="muted clip ${l?`online`:``}">${this.#n(r?.id)}</p>
</div></div>
${t?h`<button
class="icon-button more"
aria-label=${s.conversationActions}
title=${s.conversationActions}
aria-haspopup="menu"
aria-expanded="false"
@mousedown=${e=>e.preventDefault()}
@click=${this.#e}
>
${e}
</button>
<causerie-popup></causerie-popup>
<causerie-conversation-actions
.client=${n}
.conversation=${t}
@causerie-mark-unread=${()=>this.#r(`causerie-mark-unread`)}
></causerie-conversation-actions>`:``}
</header>`}#e;#t(e){return this.conversation?.kind===`note_to_self`?e:h`<button
class="open clip"
aria-expanded=${this.details?`true`:`false`}
@click=${()=>this.#r(`causerie-details`)}
>
${e}
</button>`}#n(e){let{conversation:t,client:n}=this;if(t?.kind===`group`){let e=t.members.map(({user:e})=>e.id===n.me?.id?s.you:a(e));return`${s.members(t.memberCount)} · ${e.join(`, `)}`}return e===void 0?``:g(n.presence(e))}#r(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}};l([r({attribute:!1})],_.prototype,`conversation`,void 0),l([r({attribute:!1})],_.prototype,`user`,void 0),l([r({type:Boolean})],_.prototype,`details`,void 0),l([f(`h2`)],_.prototype,`heading`,void 0),l([f(`.more`)],_.prototype,`menuButton`,void 0),l([f(`causerie-popup`)],_.prototype,`popup`,void 0),l([f(`causerie-conversation-actions`)],_.prototype,`actions`,void 0),_=l([u(`causerie-chat-header`)],_);