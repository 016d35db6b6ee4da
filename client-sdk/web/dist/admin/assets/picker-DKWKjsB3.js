import{A as e,C as t,D as n,S as r,_ as i,a,g as o,h as s,m as c,n as l,y as u}from"./index-VKHV2w1J.js";import{t as d}from"./live-C55_7712.js";var f=200,p=8,m=class extends u{constructor(...e){super(...e),this.what=`users`,this.label=``,this.value=``,this.error=``,this.hits=[],this.open=!1,this.active=0,this.name=``,this.message=``,this.#e=0,this.#n=!1,this.#r=!1}#e;#t;#n;#r;static{this.styles=[...a,t` :host{position:relative;min-width:0}[role="listbox"]{position:absolute;z-index:2;inset-inline:0;top:calc(100% + 4px);max-height:320px;overflow-y:auto;padding:5px;border:1px solid var(--border);border-radius:12px;background:var(--raised);box-shadow:var(--shadow)}.box{position:relative}[role="option"]{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:baseline;gap:0 12px;padding:7px 10px;border-radius:8px;cursor:pointer;font-weight:400;font-size:0.9375rem}[role="option"] > *{min-width:0;overflow-wrap:anywhere}[role="option"][aria-selected="true"]{background:var(--accent-soft)}@media (forced-colors: active){[role="option"][aria-selected="true"]{outline:2px solid Highlight}}`]}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#e),this.#t?.abort()}willUpdate(e){(e.has(`value`)||e.has(`what`))&&(this.typed=void 0,this.name=``,this.value&&this.#s(this.value))}render(){let t=this.typed??this.value;return r`<label for="input">${this.label}</label>
<div class="box">
<input
id="input"
class="field"
dir="auto"
role="combobox"
aria-autocomplete="list"
aria-expanded=${this.open}
aria-controls="hits"
aria-activedescendant=${this.open&&this.hits.length?`hit-${this.active}`:``}
aria-invalid=${this.error!==``}
aria-describedby="about"
autocomplete="off"
spellcheck="false"
placeholder=${this.what===`users`?e.pickUser:e.pickGroup}
.value=${d(t)}
@input=${this.#i}
@keydown=${this.#c}
@blur=${()=>this.#l()}
/>
<ul id="hits" role="listbox" aria-label=${this.label} ?hidden=${!this.open}>
${this.hits.map((e,t)=>r`<li id="hit-${t}" role="option" aria-selected=${t===this.active}
@mousedown=${e=>e.preventDefault()} @click=${()=>this.#u(e)}>
<bdi>${e.name||e.id}</bdi><span class="hint mono">${e.id}</span>
</li>`)}
</ul>
</div>
<span id="about" class=${this.error?`wrong`:`hint`} role="status">${this.error||this.message||r`<bdi>${this.name}</bdi>`}</span>`}#i(){this.typed=this.input.value,this.error=``,clearTimeout(this.#e),this.session.may(`findRows`)&&(this.#n=!0,this.#r=!1,this.#e=window.setTimeout(()=>void this.#a(),f))}async#a(){this.#t?.abort();let t=(this.typed??``).trim();if(!t)return this.#f();let{signal:r}=this.#t=new AbortController;try{let n=await this.session.api.get(`rows/${this.what}`,{q:t,limit:p},r);this.hits=n.rows,this.active=0,this.open=this.hits.length>0,this.message=this.open?e.found(this.hits.length):e.noHits}catch(e){if(r.aborted)return;this.hits=[],this.message=n(e)}this.#n=!1,this.#r&&this.#o(t)}#o(e){this.#r=!1;let t=this.hits.find(({id:t})=>t===e)??this.hits[0];t?this.#u(t):this.#l()}async#s(e){if(this.session.may(`findRows`))try{let t=await this.session.api.get(`rows/${this.what}/${encodeURIComponent(e)}`);this.value===e&&(this.name=t.name)}catch{}}#c(e){let t=e.key===`ArrowDown`?1:e.key===`ArrowUp`?-1:0;if(t&&this.open)e.preventDefault(),this.active=(this.active+t+this.hits.length)%this.hits.length,this.updateComplete.then(()=>this.renderRoot.querySelector(`#hit-${this.active}`)?.scrollIntoView({block:`nearest`}));else if(e.key===`Escape`&&this.open)e.preventDefault(),this.#f();else if(e.key===`Enter`&&this.#n&&this.typed?.trim())e.preventDefault(),this.#r=!0,clearTimeout(this.#e),this.#a();else if(e.key===`Enter`){let t=this.open?this.hits[this.active]:void 0;t?(e.preventDefault(),this.#u(t)):this.#l()}}#l(){clearTimeout(this.#e),this.#f(),this.typed!==void 0&&this.typed.trim()!==this.value&&this.#d(this.typed.trim())}#u(e){this.#f(),this.#d(e.id)}#d(e){this.typed=void 0,this.dispatchEvent(new CustomEvent(`admin-pick`,{detail:e}))}#f(){this.#t?.abort(),this.#n=!1,this.open=!1,this.hits=[],this.message=``}};l([o({attribute:!1})],m.prototype,`session`,void 0),l([o()],m.prototype,`what`,void 0),l([o()],m.prototype,`label`,void 0),l([o()],m.prototype,`value`,void 0),l([o()],m.prototype,`error`,void 0),l([s()],m.prototype,`hits`,void 0),l([s()],m.prototype,`open`,void 0),l([s()],m.prototype,`active`,void 0),l([s()],m.prototype,`typed`,void 0),l([s()],m.prototype,`name`,void 0),l([s()],m.prototype,`message`,void 0),l([c(`input`)],m.prototype,`input`,void 0),m=l([i(`admin-picker`)],m);