import{A as e,C as t,D as n,S as r,_ as i,a,g as o,h as s,m as c,n as l,y as u}from"./index-6yLWo1DU.js";import{t as d}from"./live-CMwYSLiJ.js";var f=200,p=8,m=class extends u{constructor(...e){super(...e),this.what=`users`,this.label=``,this.value=``,this.error=``,this.hits=[],this.open=!1,this.active=0,this.name=``,this.message=``,this.#e=0}#e;#t;static{this.styles=[...a,t` :host{position:relative;min-width:0}[role="listbox"]{position:absolute;z-index:2;inset-inline:0;top:calc(100% + 4px);max-height:320px;overflow-y:auto;padding:5px;border:1px solid var(--border);border-radius:12px;background:var(--raised);box-shadow:var(--shadow)}.box{position:relative}[role="option"]{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:baseline;gap:0 12px;padding:7px 10px;border-radius:8px;cursor:pointer;font-weight:400;font-size:0.9375rem}[role="option"] > *{min-width:0;overflow-wrap:anywhere}[role="option"][aria-selected="true"]{background:var(--accent-soft)}@media (forced-colors: active){[role="option"][aria-selected="true"]{outline:2px solid Highlight}}`]}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#e),this.#t?.abort()}willUpdate(e){(e.has(`value`)||e.has(`what`))&&(this.typed=void 0,this.name=``,this.value&&this.#i(this.value))}render(){let t=this.typed??this.value;return r`<label for="input">${this.label}</label>
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
@input=${this.#n}
@keydown=${this.#a}
@blur=${()=>this.#o()}
/>
<ul id="hits" role="listbox" aria-label=${this.label} ?hidden=${!this.open}>
${this.hits.map((e,t)=>r`<li id="hit-${t}" role="option" aria-selected=${t===this.active}
@mousedown=${e=>e.preventDefault()} @click=${()=>this.#s(e)}>
<bdi>${e.name||e.id}</bdi><span class="hint mono">${e.id}</span>
</li>`)}
</ul>
</div>
<span id="about" class=${this.error?`wrong`:`hint`} role="status">${this.error||this.message||r`<bdi>${this.name}</bdi>`}</span>`}#n(){this.typed=this.input.value,this.error=``,clearTimeout(this.#e),this.session.may(`findRows`)&&(this.#e=window.setTimeout(()=>void this.#r(),f))}async#r(){this.#t?.abort();let t=(this.typed??``).trim();if(!t)return this.#l();let{signal:r}=this.#t=new AbortController;try{let n=await this.session.api.get(`rows/${this.what}`,{q:t,limit:p},r);this.hits=n.rows,this.active=0,this.open=this.hits.length>0,this.message=this.open?e.found(this.hits.length):e.noHits}catch(e){r.aborted||(this.message=n(e))}}async#i(e){if(this.session.may(`findRows`))try{let t=await this.session.api.get(`rows/${this.what}/${encodeURIComponent(e)}`);this.value===e&&(this.name=t.name)}catch{}}#a(e){let t=e.key===`ArrowDown`?1:e.key===`ArrowUp`?-1:0;if(t&&this.open)e.preventDefault(),this.active=(this.active+t+this.hits.length)%this.hits.length,this.updateComplete.then(()=>this.renderRoot.querySelector(`#hit-${this.active}`)?.scrollIntoView({block:`nearest`}));else if(e.key===`Escape`&&this.open)e.preventDefault(),this.#l();else if(e.key===`Enter`){let t=this.open?this.hits[this.active]:void 0;t?(e.preventDefault(),this.#s(t)):this.#o()}}#o(){clearTimeout(this.#e),this.#l(),this.typed!==void 0&&this.typed.trim()!==this.value&&this.#c(this.typed.trim())}#s(e){this.#l(),this.#c(e.id)}#c(e){this.typed=void 0,this.dispatchEvent(new CustomEvent(`admin-pick`,{detail:e}))}#l(){this.#t?.abort(),this.open=!1,this.hits=[],this.message=``}};l([o({attribute:!1})],m.prototype,`session`,void 0),l([o()],m.prototype,`what`,void 0),l([o()],m.prototype,`label`,void 0),l([o()],m.prototype,`value`,void 0),l([o()],m.prototype,`error`,void 0),l([s()],m.prototype,`hits`,void 0),l([s()],m.prototype,`open`,void 0),l([s()],m.prototype,`active`,void 0),l([s()],m.prototype,`typed`,void 0),l([s()],m.prototype,`name`,void 0),l([s()],m.prototype,`message`,void 0),l([c(`input`)],m.prototype,`input`,void 0),m=l([i(`admin-picker`)],m);