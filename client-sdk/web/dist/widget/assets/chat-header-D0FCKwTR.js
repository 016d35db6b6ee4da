import{A as e,D as t,E as n,F as r,M as i,P as a,Q as o,R as s,T as c,b as l,dt as u,ht as d,j as f,k as p,lt as m}from"./base-DKBj6lqv.js";import"./panel-BkJIG6wn.js";import{t as h}from"./presence-text-DP8PM_nA.js";var g=class extends c{constructor(...e){super(...e),this.details=!1,this.updateEvents=[`presence`],this.#e=async()=>{try{await import(`./conversation-actions-DE6s5mac.js`).then(e=>e.t),await this.actions.updateComplete,await this.popup?.show(d.conversationActions,this.actions.items,this.menuButton)}catch{this.#r(`causerie-problem`,d.loadFailed)}}}static{this.styles=[l,u` header{display:flex;align-items:center;gap:12px;min-height:64px;padding:10px 16px;padding-inline-end:calc(16px + var(--header-end,0px));border-bottom:1px solid var(--border);--avatar-size:40px;--avatar-ring:var(--background)}.about{flex:1;position:relative;display:flex;align-items:center;gap:12px;min-width:0;margin:-6px 0;padding:6px 8px;margin-inline-start:-8px;border-radius:12px}.about:has(.open:hover){background:var(--hover);--avatar-ring:var(--hover)}.titles{min-width:0}.open{max-width:100%;font-weight:inherit;text-align:start;vertical-align:top}.open::after{content:"";position:absolute;inset:0;border-radius:12px}.open:focus-visible{outline:none}.open:focus-visible::after{outline:2px solid var(--accent);outline-offset:-2px}h2{font-size:1rem;font-weight:650;line-height:1.3}p{font-size:0.8125rem}p.online{color:light-dark(#157347,var(--good))}causerie-popup,causerie-conversation-actions{display:contents}.more .icon{stroke-width:2.8}.back{display:none;margin-inline-start:-8px}@container messenger (max-width: 719px){header{padding-inline:12px calc(12px + var(--header-end,0px))}.back{display:grid}}`]}async focusHeading(){await this.updateComplete,this.heading.focus()}willUpdate(e){super.willUpdate(e),e.has(`conversation`)&&e.get(`conversation`)?.id!==this.conversation?.id&&this.popup?.close()}render(){let{conversation:e,client:t}=this,n=e?a(e,t.me?.id):this.user,c=e?r(e,t.me?.id):i(n),l=n!==void 0&&(t.presence(n.id)?.online??!1);return m`<header part="header">
<button class="icon-button back" aria-label=${d.back} title=${d.back} @click=${()=>this.#r(`causerie-back`)}>
${s}
</button>
<div class="about"><causerie-avatar
.name=${c}
.key=${n?f(n):e?.id??``}
.kind=${n?`user`:e?.kind===`group`?`group`:`note`}
?online=${l}
></causerie-avatar>
<div class="titles">
<h2 class="clip" title=${c} tabindex="-1">${this.#t(c)}</h2>
<p class="muted clip ${l?`online`:``}">${this.#n(n?.id)}</p>
</div></div>
${e?m`<button
class="icon-button more"
aria-label=${d.conversationActions}
title=${d.conversationActions}
aria-haspopup="menu"
aria-expanded="false"
@mousedown=${e=>e.preventDefault()}
@click=${this.#e}
>
${o}
</button>
<causerie-popup></causerie-popup>
<causerie-conversation-actions
.client=${t}
.conversation=${e}
@causerie-mark-unread=${()=>this.#r(`causerie-mark-unread`)}
></causerie-conversation-actions>`:``}
</header>`}#e;#t(e){return this.conversation?.kind===`note_to_self`?e:m`<button
class="open clip"
aria-expanded=${this.details?`true`:`false`}
@click=${()=>this.#r(`causerie-details`)}
>
${e}
</button>`}#n(e){let{conversation:t,client:n}=this;if(t?.kind===`group`){let e=t.members.map(({user:e})=>e.id===n.me?.id?d.you:i(e));return`${d.members(t.memberCount)} · ${e.join(`, `)}`}return e===void 0?``:h(n.presence(e))}#r(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}};n([p({attribute:!1})],g.prototype,`conversation`,void 0),n([p({attribute:!1})],g.prototype,`user`,void 0),n([p({type:Boolean})],g.prototype,`details`,void 0),n([t(`h2`)],g.prototype,`heading`,void 0),n([t(`.more`)],g.prototype,`menuButton`,void 0),n([t(`causerie-popup`)],g.prototype,`popup`,void 0),n([t(`causerie-conversation-actions`)],g.prototype,`actions`,void 0),g=n([e(`causerie-chat-header`)],g);