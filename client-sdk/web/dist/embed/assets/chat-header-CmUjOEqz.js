import{P as e,Y as t,at as n,b as r,d as i,dt as a,et as o,gt as s,ht as c,it as l,lt as u,m as d,nt as f,p,tt as m,u as h}from"./base-BaZfI9-V.js";import"./index-CaS4B81g.js";import{t as g}from"./presence-text-BakIkT2_.js";var _=class extends o{constructor(...e){super(...e),this.details=!1,this.updateEvents=[`presence`],this.#e=async()=>{try{await s(()=>import(`./conversation-actions-D-jvqBoQ.js`).then(e=>e.t),[],import.meta.url),await this.actions.updateComplete,await this.popup.show(c.conversationActions,this.actions.items,this.menuButton)}catch{this.#r(`causerie-problem`,c.loadFailed)}}}static{this.styles=[t,a` header{display:flex;align-items:center;gap:12px;min-height:64px;padding:10px 16px;padding-inline-end:calc(16px + var(--header-end,0px));border-bottom:1px solid var(--border);--avatar-size:40px;--avatar-ring:var(--background)}.about{flex:1;position:relative;display:flex;align-items:center;gap:12px;min-width:0;margin:-6px 0;padding:6px 8px;margin-inline-start:-8px;border-radius:12px}.about:has(.open:hover){background:var(--hover);--avatar-ring:var(--hover)}.titles{min-width:0}.open{max-width:100%;font-weight:inherit;text-align:start;vertical-align:top}.open::after{content:"";position:absolute;inset:0;border-radius:12px}.open:focus-visible{outline:none}.open:focus-visible::after{outline:2px solid var(--accent);outline-offset:-2px}h2{font-size:1rem;font-weight:650;line-height:1.3}p{font-size:0.8125rem}p.online{color:light-dark(#157347,var(--good))}causerie-popup,causerie-conversation-actions{display:contents}.more .icon{stroke-width:2.8}.back{display:none;margin-inline-start:-8px}@container messenger (max-width: 719px){header{padding-inline:12px calc(12px + var(--header-end,0px))}.back{display:grid}}`]}async focusHeading(){await this.updateComplete,this.heading.focus()}render(){let{conversation:t,client:n}=this,a=t?p(t,n.me?.id):this.user,o=t?d(t,n.me?.id):i(a),s=a!==void 0&&(n.presence(a.id)?.online??!1);return u`<header>
<button class="icon-button back" aria-label=${c.back} title=${c.back} @click=${()=>this.#r(`causerie-back`)}>
${r}
</button>
<div class="about"><causerie-avatar
.name=${o}
.key=${a?h(a):t?.id??``}
.kind=${a?`user`:t?.kind===`group`?`group`:`note`}
?online=${s}
></causerie-avatar>
<div class="titles">
<h2 class="clip" title=${o} tabindex="-1">${this.#t(o)}</h2>
<p class="muted clip ${s?`online`:``}">${this.#n(a?.id)}</p>
</div></div>
${t?u`<button
class="icon-button more"
aria-label=${c.conversationActions}
title=${c.conversationActions}
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
</header>`}#e;#t(e){return this.conversation?.kind===`note_to_self`?e:u`<button
class="open clip"
aria-expanded=${this.details?`true`:`false`}
@click=${()=>this.#r(`causerie-details`)}
>
${e}
</button>`}#n(e){let{conversation:t,client:n}=this;if(t?.kind===`group`){let e=t.members.map(({user:e})=>e.id===n.me?.id?c.you:i(e));return`${c.members(t.memberCount)} · ${e.join(`, `)}`}return e===void 0?``:g(n.presence(e))}#r(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}};m([l({attribute:!1})],_.prototype,`conversation`,void 0),m([l({attribute:!1})],_.prototype,`user`,void 0),m([l({type:Boolean})],_.prototype,`details`,void 0),m([f(`h2`)],_.prototype,`heading`,void 0),m([f(`.more`)],_.prototype,`menuButton`,void 0),m([f(`causerie-popup`)],_.prototype,`popup`,void 0),m([f(`causerie-conversation-actions`)],_.prototype,`actions`,void 0),_=m([n(`causerie-chat-header`)],_);