import{A as e,C as t,E as n,F as r,G as i,J as a,K as o,M as s,N as c,P as l,Q as u,T as d,Y as f,j as p,q as m,w as h}from"./base-BsNUvOP0.js";import{c as g,s as _}from"./conversation-Cpt6OSxw.js";import{t as v}from"./dialog-styles-DP875kuc.js";import{t as y}from"./reach-help-D3v0yGYj.js";import{t as b}from"./relations-8sy_jadc.js";import{n as x}from"./row-styles-CLm_7buF.js";function S({can:e}){return e.has(`start`)}function C(e,t){let n=e.filter(({id:e})=>e!==t.id);return n.length<e.length?n:[...e,t]}function w(e,t){return e.length?m`<div slot="between" class="chips">
${e.map(e=>{let n=r(e);return m`<button type="button" class="chip" aria-label=${u.remove(n)} @click=${()=>t(e)}>
<span class="clip" dir="auto">${n}</span>${g}
</button>`})}
</div>`:``}var T=a` .chips{flex:none;display:flex;flex-wrap:wrap;gap:6px;max-height:112px;overflow-y:auto;padding:0 20px 10px}.chip{display:inline-flex;align-items:center;gap:4px;min-height:30px;max-width:100%;padding:0 6px 0 12px;border-radius:15px;border:1px solid transparent;background:var(--accent-soft);font-size:0.875rem}.chip .icon{flex:none;width:16px;height:16px}@media (pointer: coarse){.chip{min-height:44px;border-radius:22px}}`,E=a` :host{display:flex;flex-direction:column;min-height:0;--avatar-size:40px}.to{display:flex;align-items:center;gap:8px;padding:4px 20px 10px}.to .field{flex:1;min-width:0}.results{flex:1;min-height:0;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin;padding:0 8px 12px}.user{gap:12px;min-height:56px;border-radius:12px;cursor:pointer}.user.active{background:var(--hover);outline:2px solid transparent;outline-offset:-2px}.name,.note{display:block}.note{font-size:0.8125rem}.box{flex:none;width:22px;height:22px;border-radius:50%;border:2px solid var(--muted);display:grid;place-items:center}.chosen .box{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}.box .icon{width:14px;height:14px;stroke-width:3}.user:not(.chosen) .box .icon{display:none}.hint{padding:24px 16px;text-align:center}.problem{padding:8px 12px;color:var(--danger);font-size:0.875rem}@media (forced-colors: active){.user.active{outline-color:Highlight}}`,D=class extends h{constructor(...e){super(...e),this.label=``,this.placeholder=``,this.multiple=!1,this.chosen=[],this.accepts=()=>!0,this.query=``,this.active=-1,this.updateEvents=[`state`],this.#e=new y(this),this.#t=new b(this),this.#r=!1,this.#i=!1,this.#f=async()=>{await this.#e.loadMore(),await this.updateComplete,this.sentinel?.observe()}}#e;#t;#n;#r;#i;static{this.styles=[n,x,E]}get mayStartGroup(){return this.#e.mayStartGroup}get mayStartNote(){return this.#e.mayStartNote}async focusField(){await this.updateComplete,this.field.focus()}reset(){this.query=``,this.active=-1,this.#e.search(this.client,``)}clientChanged(){this.#e.search(this.client,this.query)}updated(){if(this.#n===this.#e.hits)return;this.#n=this.#e.hits;let[e]=this.#a??[],t=this.#r;this.#r=!1,t&&e&&this.#d(e),this.dispatchEvent(new CustomEvent(`causerie-searched`)),this.sentinel?.observe()}render(){let e=this.#a,{problem:n,more:r}=this.#e,i=e?.[this.active]?`option-${this.active}`:void 0;return m`
<div class="to">
<slot name="label"></slot>
<input
class="field"
role="combobox"
aria-expanded="true"
aria-autocomplete="list"
aria-controls="options"
aria-activedescendant=${i??``}
autocomplete="off"
autocapitalize="off"
spellcheck="false"
enterkeyhint="go"
dir="auto"
aria-label=${this.label}
placeholder=${this.placeholder}
.value=${t(this.query)}
@input=${this.#c}
@keydown=${this.#l}
/>
</div>
<slot name="between"></slot>
<p class="visually-hidden" role="status">${e&&this.query.trim()?u.usersFound(e.length):``}</p>
<div
class="results"
role=${this.multiple?`group`:o}
aria-label=${this.multiple?u.people:o}
tabindex=${this.multiple?0:o}
>
<div>
${this.query.trim()?``:m`<slot name="shortcuts"></slot>`}
${n&&!r?m`<p class="problem" role="alert">${n}</p>`:``}
${e?``:m`<p class="hint muted">${u.loading}</p>`}
${e&&!e.length&&!n?m`<causerie-reach-help ?searched=${this.query.trim()!==``}></causerie-reach-help>`:``}
<ul
id="options"
role="listbox"
aria-label=${u.people}
aria-multiselectable=${this.multiple?`true`:`false`}
?hidden=${!e?.length}
>
${e?.map((e,t)=>this.#o(e,t))}
</ul>
${r?m`<causerie-load-sentinel .problem=${n} @causerie-load=${this.#f}></causerie-load-sentinel>`:``}
</div>
</div>
`}get#a(){return this.#e.hits?.filter(this.accepts)}#o(e,t){let{user:n}=e,i=r(n),a=this.chosen.some(({id:e})=>e===n.id),o=t===this.active,s=this.#s(e);return m`<li
id="option-${t}"
class="user ${o?`active`:``} ${a?`chosen`:``}"
role="option"
aria-selected=${this.multiple?a:o}
@mousedown=${e=>e.preventDefault()}
@click=${()=>this.#d(e)}
>
<causerie-avatar .name=${i} .key=${l(n)}></causerie-avatar>
<span>
<span class="name clip" dir="auto">${i}</span>
${s?m`<span class="note muted clip">${s}</span>`:``}
</span>
${this.multiple?m`<i class="box" aria-hidden="true">${_}</i>`:``}
</li>`}#s({user:e,can:t,conversationId:n,mayRequest:r}){if(this.multiple||t.has(`start`)||n!==void 0)return``;let i=this.#t.of(this.client),a=t=>t.user.id===e.id;return i.received.some(a)?u.wantsToConnect:i.sent.some(a)?u.requestSent:r.length?u.reachableOnRequest:u.userNotReachable}#c(){this.query=this.field.value,this.active=this.query.trim()?0:-1,this.#r=!1,this.#i=!1,this.#e.search(this.client,this.query,!0)}#l(e){if(e.isComposing||e.altKey||e.ctrlKey||e.metaKey)return;let t=this.#a??[],n={ArrowDown:1,ArrowUp:-1}[e.key],r=t[this.active];if(n)this.#i=!0,this.#u((this.active+n+t.length+ +(this.active<0&&n<0))%(t.length||1));else if(e.key===`Enter`&&r&&(this.#i||!this.#e.isPending))this.#d(r);else if(e.key===`Enter`&&this.#e.isPending)this.#r=this.query.trim()!==``;else if(e.key===`Escape`&&this.query)this.reset();else if(e.key===`Backspace`&&!this.query){this.dispatchEvent(new CustomEvent(`causerie-remove-last`));return}else return;e.preventDefault()}async#u(e){this.active=e,await this.updateComplete,this.renderRoot.querySelector(`#option-${e}`)?.scrollIntoView({block:`nearest`})}#d(e){this.dispatchEvent(new CustomEvent(`causerie-pick`,{detail:e})),this.multiple&&this.query&&this.reset()}#f};d([s()],D.prototype,`label`,void 0),d([s()],D.prototype,`placeholder`,void 0),d([s({type:Boolean})],D.prototype,`multiple`,void 0),d([s({attribute:!1})],D.prototype,`chosen`,void 0),d([s({attribute:!1})],D.prototype,`accepts`,void 0),d([p()],D.prototype,`query`,void 0),d([p()],D.prototype,`active`,void 0),d([e(`input`)],D.prototype,`field`,void 0),d([e(`causerie-load-sentinel`)],D.prototype,`sentinel`,void 0),D=d([c(`causerie-user-picker`)],D);var O=class extends i{constructor(...e){super(...e),this.subject=``,this.chosen=[],this.busy=!1,this.problem=``,this.#e=e=>S(e)&&!this.conversation?.members.some(({user:t})=>t.id===e.user.id)}static{this.styles=[n,v,T,a` .head{display:flex;align-items:center;gap:6px;padding:14px 12px 8px 20px}.head h2{flex:1}causerie-user-picker{flex:1}form{display:flex;flex-wrap:wrap;align-items:center;gap:10px 12px;padding:12px 20px max(12px,env(safe-area-inset-bottom));border-top:1px solid var(--border)}.subject{flex:1 1 180px;width:auto}form p{flex:1 0 100%;font-size:0.875rem}form .problem{color:var(--danger)}`]}show(){this.subject=this.problem=``,this.chosen=[],this.busy=!1,this.picker.reset(),this.dialog.showModal(),this.picker.focusField()}render(){let e=this.conversation===void 0;return m`<dialog closedby="any" aria-labelledby="heading">
<div class="head">
<h2 id="heading">${e?u.newGroup:u.addPeople}</h2>
<button class="icon-button" aria-label=${u.close} title=${u.close} @click=${()=>this.dialog.close()}>${g}</button>
</div>
<causerie-user-picker
.client=${this.client}
.label=${u.groupMembers}
.placeholder=${u.searchUsers}
multiple
.chosen=${this.chosen}
.accepts=${this.#e}
@causerie-pick=${({detail:e})=>this.#t(e.user)}
@causerie-remove-last=${()=>{this.chosen=this.chosen.slice(0,-1)}}
>
${w(this.chosen,e=>this.#t(e))}
</causerie-user-picker>
<form @submit=${this.#n}>
${this.problem?m`<p class="problem" role="alert">${this.problem}</p>`:m`<p class="muted">${u.selected(this.chosen.length)}</p>`}
${e?m`<input
class="field subject"
autocomplete="off"
dir="auto"
aria-label=${u.groupName}
placeholder=${u.groupName}
.value=${t(this.subject)}
@input=${e=>{this.subject=e.target.value}}
/>`:``}
<button class="button primary" ?disabled=${this.busy}>${e?u.createGroup:u.addPeople}</button>
</form>
</dialog>`}#e;#t(e){this.problem=``,this.chosen=C(this.chosen,e)}async#n(e){e.preventDefault();let t=this.subject.trim();if(!this.chosen.length)return this.problem=u.groupNeedsMembers,this.picker.focusField();if(!t&&this.nameField)return this.problem=u.groupNeedsName,this.nameField.focus();this.busy=!0,this.problem=``;try{let e=this.chosen.map(({id:e})=>({id:e})),{client:n,conversation:r}=this,i=await(r?n.addMembers(r.id,e):n.startGroup(t,e));this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-started`,{detail:i}))}catch(e){this.problem=f(e,{...u.startErrors,...u.startGroupErrors})}finally{this.busy=!1}}};d([s({attribute:!1})],O.prototype,`client`,void 0),d([s({attribute:!1})],O.prototype,`conversation`,void 0),d([p()],O.prototype,`subject`,void 0),d([p()],O.prototype,`chosen`,void 0),d([p()],O.prototype,`busy`,void 0),d([p()],O.prototype,`problem`,void 0),d([e(`dialog`)],O.prototype,`dialog`,void 0),d([e(`causerie-user-picker`)],O.prototype,`picker`,void 0),d([e(`.subject`)],O.prototype,`nameField`,void 0),O=d([c(`causerie-group-dialog`)],O);