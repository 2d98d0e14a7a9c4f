"""The fields of an invoice list and the headings that name them: data only, best synonym first.

Chinese is written in simplified characters; traditional headings are folded before comparing. So
are accents, dots and the sign "°", which vanish; "º" becomes an "o": n° is "n", nº is "no".
"""

from __future__ import annotations

from netterms.receivables.intake.words import bag

FIELDS = (
    "company_code",
    "buyer_number",
    "buyer_name",
    "country",
    "email",
    "currency",
    "invoice_number",
    "sequence",
    "kind",
    "issued_on",
    "due_on",
    "terms",
    "amount",
    "open_amount",
    "paid_amount",
    "paid_on",
    "status",
    "tangible_net_worth",
    "annual_turnover",
)
DATE_FIELDS = ("issued_on", "due_on", "paid_on")
AMOUNT_FIELDS = ("amount", "open_amount", "paid_amount", "tangible_net_worth", "annual_turnover")

# Separated by "|", the best first. "buyer" is a heading that may be a name or a number, "paid" one
# that may be a day, a sum or a yes: the content decides.
SYNONYMS: dict[str, str] = {
    "company_code": (
        "company code|business code|legal entity|selling entity|business unit|entity"
        "|company|bukrs|公司代码|公司编码|公司|组织代码|销售组织|账套"
    ),
    "buyer_number": (
        "buyer number|customer number|customer no|customer id|customer code|cust number|cust no"
        "|cust id|cust code|customer account|customer account number|client number|client no"
        "|client id|client code|debtor number|debtor no|debtor id|debtor code|account number"
        "|account no|account id|bill to number|bill to id|bill to customer no|sold to number"
        "|sold to|sold to party|payer number|payer|partner number|customer key|contact id|kunnr"
        "|kundennummer|debitor|client nr|customer nr|客户编码|客户编号|客户代码|客户号|客户ID"
        "|客户账号|客户码|购货单位编码|购货单位代码|买方编码|买方编号|往来单位编码|往来单位编号"
        "|单位编码|客户统一编号|客户代号|卖给客户编号"
        "|kundennr|kunden nr|debitornr|debitorennr|debitorennummer|code client|n client"
        "|no client|num client|numero client|numero de client|compte client|codigo cliente"
        "|codigo de cliente|codigo del cliente|n cliente|no cliente|no de cliente"
        "|numero cliente|numero de cliente|codice cliente|cod cliente|numero del cliente"
        "|n de client|no de client|n de cliente"
    ),
    "buyer_name": (
        "buyer name|customer name|name customer|client name|debtor name|account name|bill to name"
        "|bill to customer name|bill to customer|sold to name|payer name|company name"
        "|contact name|partner name|customer full name|name 1|business name|name|contact"
        "|kundenname|kunde|客户名称|客户全称|客户简称|购货单位名称|购货单位|购买方名称|购买方"
        "|购货方名称|购货方|买方名称|买方|往来单位名称|往来单位|付款单位|付款方|单位名称|采购方"
        "|公司名称|企业名称|核算项目名称|名称"
        "|name des kunden|nom client|nom du client|raison sociale|nombre cliente"
        "|nombre de cliente|nombre del cliente|razon social|nome cliente|ragione sociale"
    ),
    "buyer": (
        "buyer|customer|client|debtor|company|公司|bill to|bill to party|account|cust|partner"
        "|客户|单位|顾客|客商"
        "|cliente"
    ),
    "paid": (
        "paid|received|collected|cleared|settled|bezahlt|gezahlt|paye|regle|pagado|cobrado|pagato"
        "|incassato|收款|回款|付款|到账|到款|结清"
    ),
    "country": (
        "country|country code|customer country|buyer country|bill to country|land|nation"
        "|country region|国家|国别|客户国家|国家代码|国家地区"
        "|pays|pais|paese|nazione"
    ),
    "email": (
        "email|e mail|email address|customer email|contact email|billing email|mail|邮箱|电子邮箱"
        "|电子邮件|客户邮箱|联系邮箱"
    ),
    "currency": (
        "invoice currency|document currency|transaction currency|currency|currency code"
        "|currency id|doc currency|doc curr|curr|ccy|cur|waers|wahrung|waehrung|local currency"
        "|币种|货币|币别|结算币种|货币代码|原币|币种名称|交易币种|发票币种"
        "|devise|moneda|divisa|valuta"
    ),
    "invoice_number": (
        "invoice number|invoice no|invoice id|invoice num|invoice nr|invoice #|inv no|inv number"
        "|inv num|inv id|inv #|invoice ref|invoice reference|bill number|bill no|billing document"
        "|invoice|document number|document no|doc no|doc number|doc id|doc num|document id"
        "|document|voucher number|voucher no|transaction number|transaction no|transaction id|num"
        "|belnr|rechnungsnummer|rechnung|belegnummer|reference number|reference no|reference"
        "|ref no|ref|number|发票号码|发票号|发票编号|发票代码号|发票|单据编号|单据号|单号"
        "|单据号码|票号|账单编号|账单号|凭证编号|凭证号|销售单号|出库单号|订单编号|订单号"
        "|合同编号|合同号|编号"
        "|rechnungsnr|rechnungs nr|rechnung nr|belegnr|beleg nr|n facture|no facture|nr facture"
        "|num facture|n de facture|no de facture|numero facture|numero de facture|facture"
        "|n piece|no piece|numero de piece|n factura|no factura|num factura|n de factura"
        "|no de factura|numero factura|numero de factura|factura|n fattura|no fattura"
        "|nr fattura|num fattura|numero fattura|numero della fattura|fattura"
    ),
    "sequence": (
        "cust clear seq|clear seq|customer sequence|customer seq|buyer sequence|invoice seq"
        "|invoice sequence|cust seq|sequence number customer|客户内序号|客户发票序号"
    ),
    "kind": (
        "document type|doc type|invoice type|transaction type|type|kind|voucher type|blart|class"
        "|belegart|单据类型|发票类型|票据类型|业务类型|类型|单据类别|凭证类型"
    ),
    "issued_on": (
        "invoice date|invoiced on|date invoice|issue date|issued on|issued|posting date|post date"
        "|date issued|billing date|bill date|document date|doc date|transaction date"
        "|document create date|create date|created on|created date|entry date|baseline date"
        "|baseline create date|ship date|delivery date|sales date|date|belegdatum|rechnungsdatum"
        "|buchungsdatum|budat|bldat|开票日期|开票日|发票日期|开票时间|开具日期|出票日期|单据日期"
        "|业务日期|记账日期|过账日期|入账日期|账单日期|交易日期|销售日期|发货日期|出库日期"
        "|送货日期|创建日期|制单日期|签订日期|日期|时间"
        "|datum|date facture|date de facture|date de la facture|date de facturation"
        "|date emission|date d emission|date piece|fecha factura|fecha de factura"
        "|fecha de la factura|fecha de emision|fecha emision|fecha|data fattura"
        "|data della fattura|data di emissione|data emissione|data documento|data"
    ),
    "due_on": (
        "due date|net due date|net due|due on|date due|due|payment due date|payment due"
        "|due in date|maturity date|maturity|expiry date|pay by|pay by date|payable on"
        "|payment deadline|expected payment date|expected date|falligkeit|faelligkeit"
        "|faelligkeitsdatum|falligkeitsdatum|nettofalligkeit|到期日|到期日期|付款到期日"
        "|账期到期日|应收日期|应收款日期|应收款日|应付日期|应付款日期|应付款日|应回款日期"
        "|应回款日|约定付款日期|约定付款日|约定回款日期|约定收款日期|最后付款日|最迟付款日"
        "|付款截止日期|付款截止日|截止日期|信用到期日|预计回款日期|预计收款日期|计划回款日期"
        "|计划收款日期|付款期限|收款期限|到期"
        "|fallig am|faellig am|fallig|faellig|zahlbar bis|echeance|date echeance"
        "|date d echeance|vencimiento|fecha vencimiento|fecha de vencimiento|vence|vence el"
        "|scadenza|data scadenza|data di scadenza"
    ),
    "terms": (
        "terms days est|terms days|payment terms days|credit days|net days|days credit"
        "|payment terms|cust payment terms|terms of payment|credit terms|payment term|terms|zterm"
        "|zahlungsbedingung|zahlungsziel|credit period|账期|信用期|账期天数|信用天数|信用账期"
        "|账期（天）|账期(日)|付款条件|收款条件|付款条款|付款方式及账期|结算周期|付款期限"
        "|收款期限|赊销期限"
        "|conditions de paiement|delai de paiement|condiciones de pago|plazo de pago"
        "|condizioni di pagamento|termini di pagamento"
    ),
    "amount": (
        "invoice amount|gross amount|total amount|amount incl vat|amount incl tax|total incl vat"
        "|total incl tax|amount including tax|grand total|invoice total|invoice value"
        "|total invoice amount|original amount|document amount|doc amount|billed amount"
        "|amount in document currency|amount in doc curr|amount doc curr|amount document currency"
        "|amount|amt|amount gross|transaction amount|converted|converted amount|gross|total|value"
        "|total value|amount in local currency|amount local currency|betrag|bruttobetrag"
        "|rechnungsbetrag|wrbtr|dmbtr|sum|net amount|amount excl vat|subtotal|价税合计|含税金额"
        "|含税总额|含税总金额|含税价|发票金额|开票金额|票面金额|应收金额|应收款金额|应收总额"
        "|应收款|应收账款|账单金额|单据金额|原币金额|交易金额|销售金额|销售额|货款金额|货款"
        "|合同金额|总金额|总额|金额合计|合计金额|本币金额|金额|合计|不含税金额|未税金额"
        "|invoiced|invoiced amount|amount invoiced|billed|amount billed"
        "|gesamtbetrag|brutto|montant ttc|montant facture|montant de la facture|montant total"
        "|total ttc|montant|montant ht|importe total|importe factura|importe de la factura"
        "|total factura|importe|importo totale|importo fattura|totale fattura|totale|importo"
    ),
    "open_amount": (
        "open amount|total open amount|amount open|open balance|outstanding amount"
        "|outstanding balance|amount outstanding|outstanding|balance due|amount due|due amount"
        "|remaining amount|remaining balance|remaining|amount remaining|invoice amount due"
        "|unpaid amount|amount unpaid|unpaid|balance|open|residual amount|offener betrag|offen"
        "|saldo|未收金额|未收款金额|未收款|未回款金额|未回款|未付金额|未付款金额|未结金额"
        "|未结清金额|未核销金额|欠款余额|欠款金额|欠款|尚欠金额|应收余额|应收账款余额|剩余金额"
        "|剩余应收|未清金额|未清余额|余额|期末余额"
        "|due now|total due|still due|owed|amount owed|owing|amount owing"
        "|restbetrag|offener saldo|solde|solde du|reste a payer|reste du|montant du"
        "|montant restant|montant ouvert|saldo pendiente|importe pendiente|pendiente"
        "|saldo aperto|importo residuo|residuo|importo aperto"
    ),
    "paid_amount": (
        "paid amount|amount paid|amount received|received amount|payment amount"
        "|invoice amount paid|total paid|collected amount|amount collected|cleared amount|paid"
        "|received|paid to date|payments|bezahlt|已收金额|已收款金额|已收款|已回款金额|已回款"
        "|已付金额|已付款金额|已核销金额|收款金额|回款金额|付款金额|实收金额|实收款|到账金额"
        "|已结金额|已收"
        "|bezahlter betrag|montant paye|montant regle|importe pagado|importe cobrado|pagado"
        "|importo pagato|importo incassato|pagato"
    ),
    "paid_on": (
        "paid on|paid date|date paid|payment date|pay date|payment received date|received on"
        "|received date|date received|receipt date|clearing date|clear date|cleared on"
        "|cleared date|settled on|settlement date|settled date|closed date|closed on"
        "|fully paid on|fully paid date|collection date|augdt|ausgleichsdatum"
        "|zahlungsdatum|实际回款日期|实际收款日期|实际付款日期|回款日期|收款日期|付款日期"
        "|到账日期|入账时间|结清日期|核销日期|清账日期|实收日期|收款日|回款日|付款日|回款时间"
        "|收款时间|付款时间|支付日期|到款日期"
        "|bezahlt am|date de paiement|date paiement|date de reglement|date reglement"
        "|fecha de pago|fecha pago|fecha de cobro|fecha cobro|data pagamento|data di pagamento"
        "|data incasso"
    ),
    "status": (
        "is open|open flag|is closed|is paid|is cleared|payment status|paid status|invoice status"
        "|document status|status|open closed|state|cleared|closed|paid|settled|zahlungsstatus"
        "|收款状态|回款状态|付款状态|结清状态|核销状态|发票状态|单据状态|结算状态|状态|是否收款"
        "|是否已收款|是否回款|是否已回款|是否付款|是否已付款|是否结清|是否已结清|是否核销"
        "|是否未结|是否到账|收款情况|付款情况|回款情况"
    ),
    "tangible_net_worth": (
        "tangible net worth|net worth|tnw|equity|shareholders equity|有形净值|有形净资产|净资产"
        "|所有者权益"
    ),
    "annual_turnover": (
        "annual turnover|turnover|annual revenue|annual sales|yearly sales|revenue|年营业额"
        "|年销售额|年营业收入|营业收入|年收入|营业额"
    ),
}

# A heading that only *contains* a synonym is not that field when it also says one of these.
BLOCKERS_EN = bag(
    "tax vat rate discount quantity qty price unit phone tel address percent pct bank "
    "ratio late source reminder words overdue interest days user by text memo note notes "
    "comment postal zip last dispute promised limit year month week quarter fiscal score id "
    "email sent print tva iva mwst ust steuer"
)
BLOCKERS_ZH = (
    "税额", "税率", "折扣", "数量", "单价", "电话", "地址", "开户", "银行", "大写", "备注",
    "利息", "罚息", "比例", "方式", "逾期", "额度", "年度", "月份", "说明", "人员", "业务员",
)  # fmt: skip
STOP_TOKENS = bag("in of the a an and at for")

# Traditional to simplified, for the characters the headings use (and their common variants).
TRADITIONAL = str.maketrans(
    "發號碼單據編開應結餘額幣種類帳賬據戶稱購貨買賣實際來聯繫電郵業務總計稅價項時間條款約預"
    "劃銷實際現際國別區狀態況閉淨資產營歲與歸會處狀訂購過記簽後遲擔備註個萬億訖庫簡",
    "发号码单据编开应结余额币种类账账据户称购货买卖实际来联系电邮业务总计税价项时间条款约预"
    "划销实际现际国别区状态况闭净资产营岁与归会处状订购过记签后迟担备注个万亿讫库简",
)
