import{$ as e,D as t,Y as n,at as r,d as i,dt as a,et as o,ft as s,ht as c,it as l,lt as u,nt as d,ot as f,rt as p,tt as m,u as h,w as g}from"./base-BaZfI9-V.js";import{n as _}from"./lit-B55xck6a.js";import{t as v}from"./dialog-styles-DYDGpcSf.js";import{t as y}from"./reach-help-Drh1MuOk.js";import"./index-DXhDjOkR.js";import{t as b}from"./relations-DyrlCTYE.js";function x({can:e}){return e.has(`start`)}function S(e,t){let n=e.filter(({id:e})=>e!==t.id);return n.length<e.length?n:[...e,t]}function C(e,n){return e.length?u`<div slot="between" class="chips">
${e.map(e=>{let r=i(e);return u`<button type="button" class="chip" aria-label=${c.remove(r)} @click=${()=>n(e)}>
<span class="clip">${r}</span>${t}
</button>`})}
</div>`:``}var w=a` .chips{flex:none;display:flex;flex-wrap:wrap;gap:6px;max-height:112px;overflow-y:auto;padding:0 20px 10px}.chip{display:inline-flex;align-items:center;gap:4px;min-height:30px;max-width:100%;padding:0 6px 0 12px;border-radius:15px;border:1px solid transparent;background:var(--accent-soft);font-size:0.875rem}.chip .icon{flex:none;width:16px;height:16px}@media (pointer: coarse){.chip{min-height:44px;border-radius:22px}}`,T=a` :host{display:flex;flex-direction:column;min-height:0;--avatar-size:40px}.to{display:flex;align-items:center;gap:8px;padding:4px 20px 10px}.to .field{flex:1;min-width:0}.results{flex:1;min-height:0;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin;padding:0 8px 12px}.user{gap:12px;min-height:56px;border-radius:12px;cursor:pointer}.user.active{background:var(--hover);outline:2px solid transparent;outline-offset:-2px}.name,.note{display:block}.note{font-size:0.8125rem}.box{flex:none;width:22px;height:22px;border-radius:50%;border:2px solid var(--muted);display:grid;place-items:center}.chosen .box{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}.box .icon{width:14px;height:14px;stroke-width:3}.user:not(.chosen) .box .icon{display:none}.hint{padding:24px 16px;text-align:center}.problem{padding:8px 12px;color:var(--danger);font-size:0.875rem}@media (forced-colors: active){.user.active{outline-color:Highlight}}`,E=class extends o{constructor(...e){super(...e),this.label=``,this.placeholder=``,this.multiple=!1,this.chosen=[],this.accepts=()=>!0,this.query=``,this.active=-1,this.updateEvents=[`state`],this.#e=new y(this),this.#t=new b(this),this.#r=!1,this.#d=async()=>{await this.#e.loadMore(),await this.updateComplete,this.sentinel?.observe()}}#e;#t;#n;#r;static{this.styles=[n,e,T]}get mayStartGroup(){return this.#e.mayStartGroup}async focusField(){await this.updateComplete,this.field.focus()}reset(){this.query=``,this.active=-1,this.#e.search(this.client,``)}clientChanged(){this.#e.search(this.client,this.query)}updated(){if(this.#n===this.#e.hits)return;this.#n=this.#e.hits;let[e]=this.#i??[],t=this.#r;this.#r=!1,t&&e&&this.#u(e),this.dispatchEvent(new CustomEvent(`causerie-searched`)),this.sentinel?.observe()}render(){let e=this.#i,{problem:t,more:n}=this.#e,r=e?.[this.active]?`option-${this.active}`:void 0;return u`
<div class="to">
<slot name="label"></slot>
<input
class="field"
role="combobox"
aria-expanded="true"
aria-autocomplete="list"
aria-controls="options"
aria-activedescendant=${r??``}
autocomplete="off"
autocapitalize="off"
spellcheck="false"
enterkeyhint="go"
dir="auto"
aria-label=${this.label}
placeholder=${this.placeholder}
.value=${_(this.query)}
@input=${this.#s}
@keydown=${this.#c}
/>
</div>
<slot name="between"></slot>
<p class="visually-hidden" role="status">${e&&this.query.trim()?c.usersFound(e.length):``}</p>
<div class="results">
<div>
${this.query.trim()?``:u`<slot name="shortcuts"></slot>`}
${t&&!n?u`<p class="problem" role="alert">${t}</p>`:``}
${e?``:u`<p class="hint muted">${c.loading}</p>`}
${e&&!e.length&&!t?u`<causerie-reach-help ?searched=${this.query.trim()!==``}></causerie-reach-help>`:``}
<ul
id="options"
role="listbox"
aria-label=${c.people}
aria-multiselectable=${this.multiple?`true`:`false`}
?hidden=${!e?.length}
>
${e?.map((e,t)=>this.#a(e,t))}
</ul>
${n?u`<causerie-load-sentinel .problem=${t} @causerie-load=${this.#d}></causerie-load-sentinel>`:``}
</div>
</div>
`}get#i(){return this.#e.hits?.filter(this.accepts)}#a(e,t){let{user:n}=e,r=i(n),a=this.chosen.some(({id:e})=>e===n.id),o=t===this.active,s=this.#o(e);return u`<li
id="option-${t}"
class="user ${o?`active`:``} ${a?`chosen`:``}"
role="option"
aria-selected=${this.multiple?a:o}
@mousedown=${e=>e.preventDefault()}
@click=${()=>this.#u(e)}
>
<causerie-avatar .name=${r} .key=${h(n)}></causerie-avatar>
<span>
<span class="name clip">${r}</span>
${s?u`<span class="note muted clip">${s}</span>`:``}
</span>
${this.multiple?u`<i class="box" aria-hidden="true">${g}</i>`:``}
</li>`}#o({user:e,can:t,conversationId:n,mayRequest:r}){if(this.multiple||t.has(`start`)||n!==void 0)return``;let i=this.#t.of(this.client),a=t=>t.user.id===e.id;return i.received.some(a)?c.wantsToConnect:i.sent.some(a)?c.requestSent:r.length?c.reachableOnRequest:c.userNotReachable}#s(){this.query=this.field.value,this.active=this.query.trim()?0:-1,this.#r=!1,this.#e.search(this.client,this.query,!0)}#c(e){if(e.isComposing||e.altKey||e.ctrlKey||e.metaKey)return;let t=this.#i??[],n={ArrowDown:1,ArrowUp:-1}[e.key],r=t[this.active];if(n)this.#l((this.active+n+t.length+ +(this.active<0&&n<0))%(t.length||1));else if(e.key===`Enter`&&this.#e.isPending)this.#r=this.query.trim()!==``;else if(e.key===`Enter`&&r)this.#u(r);else if(e.key===`Escape`&&this.query)this.reset();else if(e.key===`Backspace`&&!this.query){this.dispatchEvent(new CustomEvent(`causerie-remove-last`));return}else return;e.preventDefault()}async#l(e){this.active=e,await this.updateComplete,this.renderRoot.querySelector(`#option-${e}`)?.scrollIntoView({block:`nearest`})}#u(e){this.dispatchEvent(new CustomEvent(`causerie-pick`,{detail:e})),this.multiple&&this.query&&this.reset()}#d};m([l()],E.prototype,`label`,void 0),m([l()],E.prototype,`placeholder`,void 0),m([l({type:Boolean})],E.prototype,`multiple`,void 0),m([l({attribute:!1})],E.prototype,`chosen`,void 0),m([l({attribute:!1})],E.prototype,`accepts`,void 0),m([p()],E.prototype,`query`,void 0),m([p()],E.prototype,`active`,void 0),m([d(`input`)],E.prototype,`field`,void 0),m([d(`causerie-load-sentinel`)],E.prototype,`sentinel`,void 0),E=m([r(`causerie-user-picker`)],E);var D=class extends f{constructor(...e){super(...e),this.subject=``,this.chosen=[],this.busy=!1,this.problem=``,this.#e=e=>x(e)&&!this.conversation?.members.some(({user:t})=>t.id===e.user.id)}static{this.styles=[n,v,w,a` .head{display:flex;align-items:center;gap:6px;padding:14px 12px 8px 20px}.head h2{flex:1}causerie-user-picker{flex:1}form{display:flex;flex-wrap:wrap;align-items:center;gap:10px 12px;padding:12px 20px max(12px,env(safe-area-inset-bottom));border-top:1px solid var(--border)}.subject{flex:1 1 180px;width:auto}form p{flex:1 0 100%;font-size:0.875rem}form .problem{color:var(--danger)}`]}show(){this.subject=this.problem=``,this.chosen=[],this.busy=!1,this.picker.reset(),this.dialog.showModal(),this.picker.focusField()}render(){let e=this.conversation===void 0;return u`<dialog closedby="any" aria-labelledby="heading">
<div class="head">
<h2 id="heading">${e?c.newGroup:c.addPeople}</h2>
<button class="icon-button" aria-label=${c.close} title=${c.close} @click=${()=>this.dialog.close()}>${t}</button>
</div>
<causerie-user-picker
.client=${this.client}
.label=${c.groupMembers}
.placeholder=${c.searchUsers}
multiple
.chosen=${this.chosen}
.accepts=${this.#e}
@causerie-pick=${({detail:e})=>this.#t(e.user)}
@causerie-remove-last=${()=>{this.chosen=this.chosen.slice(0,-1)}}
>
${C(this.chosen,e=>this.#t(e))}
</causerie-user-picker>
<form @submit=${this.#n}>
${this.problem?u`<p class="problem" role="alert">${this.problem}</p>`:u`<p class="muted">${c.selected(this.chosen.length)}</p>`}
${e?u`<input
class="field subject"
autocomplete="off"
dir="auto"
aria-label=${c.groupName}
placeholder=${c.groupName}
.value=${_(this.subject)}
@input=${e=>{this.subject=e.target.value}}
/>`:``}
<button class="button primary" ?disabled=${this.busy}>${e?c.createGroup:c.addPeople}</button>
</form>
</dialog>`}#e;#t(e){this.problem=``,this.chosen=S(this.chosen,e)}async#n(e){e.preventDefault();let t=this.subject.trim();if(!this.chosen.length)return this.problem=c.groupNeedsMembers,this.picker.focusField();if(!t&&this.nameField)return this.problem=c.groupNeedsName,this.nameField.focus();this.busy=!0,this.problem=``;try{let e=this.chosen.map(({id:e})=>({id:e})),{client:n,conversation:r}=this,i=await(r?n.addMembers(r.id,e):n.startGroup(t,e));this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-started`,{detail:i}))}catch(e){this.problem=s(e,{...c.startErrors,...c.startGroupErrors})}finally{this.busy=!1}}};m([l({attribute:!1})],D.prototype,`client`,void 0),m([l({attribute:!1})],D.prototype,`conversation`,void 0),m([p()],D.prototype,`subject`,void 0),m([p()],D.prototype,`chosen`,void 0),m([p()],D.prototype,`busy`,void 0),m([p()],D.prototype,`problem`,void 0),m([d(`dialog`)],D.prototype,`dialog`,void 0),m([d(`causerie-user-picker`)],D.prototype,`picker`,void 0),m([d(`.subject`)],D.prototype,`nameField`,void 0),D=m([r(`causerie-group-dialog`)],D);